/* patterns.h - patterns that several types share, as AWS's schemas have them. */
#ifndef AWS_PATTERNS_H
#define AWS_PATTERNS_H

#define PATTERN_REGION "(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]"
/* What Lambda takes for the ARN of a source, caller or destination. */
#define PATTERN_LAMBDA_ARN                                                                         \
	"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9-])+:(" PATTERN_REGION ")?:([0-9]{12})?:(.*)"
/* A function by its name, its ARN or a part of that, with or without version or alias. */
#define PATTERN_FUNCTION                                                                           \
	"(arn:(aws[a-zA-Z-]*)?:lambda:)?(" PATTERN_REGION ":)?([0-9]{12}:)?(function:)?[a-zA-Z0-"  \
	"9_-]+"                                                                                    \
	"(:([$]LATEST([.]PUBLISHED)?|[a-zA-Z0-9_-]+))?"

#endif

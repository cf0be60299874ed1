/* apigatewayv2.h - what the types of HTTP and WebSocket APIs share. */
#ifndef AWS_APIGATEWAYV2_H
#define AWS_APIGATEWAYV2_H

#include "providers/aws/run.h"

/* clang-format off */
/* An API takes one change at a time. */
#define APIV2_BUSY RETRY(.code = "ConflictException", .text = "try again later", .seconds = 120, .what = "another change of the API to finish")
/* What lies in an API that was just made. */
#define APIV2_NEW(create) RETRY(.op = (create), .code = "NotFoundException", .seconds = 20, .what = "the new API to become visible")
/* Tags change by the ARN of what bears them; `arn` is the row's .in. */
#define APIV2_TAGS(arn) \
	OP(UPDATE, "UntagResource", .method = "DELETE", .path = "/v2/tags/{ResourceArn}", .in = (arn), .query = "tagKeys=TagKeys", \
	   .groups = G_TAGS, .tags = TAGS_MAP, .when = WHEN_REMOVED), \
	OP(UPDATE, "TagResource", .method = "POST", .path = "/v2/tags/{ResourceArn}", .in = (arn), .groups = G_TAGS, \
	   .tags = TAGS_MAP, .tags_as = "tags", .when = WHEN_ADDED)
/* clang-format on */

/* Members of a map stay when a change does not name them: `call` is made for each key of the map
 * `property` that we set once and want no more, with the key as its input's `member`. */
int apiv2_delete_gone(struct aws_run *r, const struct aws_op *call, const char *property,
		      const char *member);

#endif

/* policy_equal.h - IAM policy documents compared by meaning (aws-facts 8.2). */
#ifndef AWS_POLICY_EQUAL_H
#define AWS_POLICY_EQUAL_H

#include "model/value.h"

/* Equal although key order, statement order, list order, one string for a one-element list, case
 * of Effect, account ids for root ARNs, or numbers for text differ. For .equal of property rows. */
bool aws_policy_equal(const struct value *a, const struct value *b);

#endif

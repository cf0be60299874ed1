#include "providers/aws/cors.h"

/* clang-format off */
const struct prop cors_words[] = {
	PROP("origins", LIST, P_REQUIRED, .to = "AllowOrigins", .doc = "Origins allowed, such as https://example.com, or *."),
	PROP("methods", LIST, 0, .to = "AllowMethods", .doc = "Methods allowed."),
	PROP("headers", LIST, 0, .to = "AllowHeaders", .doc = "Headers that requests may have."),
	PROP("expose_headers", LIST, 0, .to = "ExposeHeaders", .doc = "Headers that scripts may read."),
	PROP("credentials", BOOL, 0, .to = "AllowCredentials", .def = "false", .doc = "Whether cookies are sent."),
	PROP("max_age", INT, 0, .to = "MaxAge", .unit = "s", RANGE(-1, 86400), .doc = "How long browsers keep the answer."),
	PROP_END
};
/* clang-format on */

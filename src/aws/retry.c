#include "aws/retry.h"

#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/banned.h"

/* --- classes --- */

struct rule {
	const char *service; /* NULL: any */
	const char *code;
	const char *text; /* part of the message; NULL: any */
	enum aws_class class;
};

/* The first that fits. Special ones by service before those by code alone. */
/* clang-format off */
static const struct rule rules[] = {
	/* a new role, key or queue that the other side cannot see yet */
	{ "lambda", "InvalidParameterValueException", "cannot be assumed by Lambda", AWS_PROPAGATION },
	{ "lambda", "InvalidParameterValueException", "execution role does not have permissions",
	  AWS_PROPAGATION },
	{ "lambda", "InvalidParameterValueException", "KMS key is invalid for CreateGrant",
	  AWS_PROPAGATION },
	{ "lambda", "InvalidParameterValueException", "throttled by EC2", AWS_PROPAGATION },
	{ "lambda", "InvalidParameterValueException", "ensure the role can perform", AWS_PROPAGATION },
	{ "iam", "MalformedPolicyDocument", "Invalid principal in policy", AWS_PROPAGATION },
	{ "kms", "MalformedPolicyDocumentException", NULL, AWS_PROPAGATION },
	{ "s3", "MalformedPolicy", "Invalid principal in policy", AWS_PROPAGATION },
	{ "s3", "InvalidArgument", "Unable to validate the following destination configurations",
	  AWS_PROPAGATION },
	{ "sqs", "InvalidAttributeValue", "Invalid value for the parameter Policy", AWS_PROPAGATION },
	{ "events", "ValidationException", "cannot be assumed by principal", AWS_PROPAGATION },
	{ "scheduler", "ValidationException", "must allow AWS EventBridge Scheduler to assume the role",
	  AWS_PROPAGATION },
	{ "apigateway", "BadRequestException", "role ARN does not have required permissions",
	  AWS_PROPAGATION },
	{ "apigatewayv2", "BadRequestException", "role ARN does not have required permissions",
	  AWS_PROPAGATION },
	/* codes that mean several things */
	{ "lambda", "ResourceConflictException", "already exist", AWS_EXISTS },
	{ "lambda", "ResourceConflictException", "statement id", AWS_EXISTS },
	{ "dynamodb", "ResourceInUseException", "already exists", AWS_EXISTS },
	{ "dynamodb", "LimitExceededException", NULL, AWS_CONFLICT },
	{ NULL, "LimitExceededException", NULL, AWS_QUOTA },
};
/* clang-format on */

/* clang-format off */
struct codes {
	enum aws_class class;
	const char *const *list;
};

static const char *const absent[] = {
	"ResourceNotFoundException", "ResourceNotFound", "NotFoundException", "NotFound",
	"NoSuchEntity", "NoSuchBucket", "NoSuchKey", "NoSuchVersion", "NoSuchUpload",
	"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "NoSuchBucketPolicy",
	"NoSuchPublicAccessBlockConfiguration", "OwnershipControlsNotFoundError",
	"ServerSideEncryptionConfigurationNotFoundError", "NoSuchLifecycleConfiguration",
	"NoSuchCORSConfiguration", "NoSuchTagSet", "NoSuchWebsiteConfiguration",
	"ReplicationConfigurationNotFoundError", "ObjectLockConfigurationNotFoundError",
	"NoSuchConfiguration", "TableNotFoundException", "RepositoryNotFoundException",
	"ImageNotFoundException", "PolicyNotFoundException", NULL,
};
static const char *const conflict[] = {
	"ConflictException", "ResourceConflictException", "ResourceInUseException",
	"OperationAborted", "OperationAbortedException", "ConditionalRequestConflict",
	"DeleteConflict", "DeleteConflictException", "ConcurrentModification",
	"ConcurrentModificationException", "EntityTemporarilyUnmodifiable",
	"KMSInvalidStateException", "QueueDeletedRecently", "PreconditionFailed",
	"AWS.SimpleQueueService.QueueDeletedRecently", "PreconditionFailedException",
	"ConcurrentAccess", "ConcurrentAccessException", "ResourceNotReadyException",
	"ContinuousBackupsUnavailableException", "ResourceInUse", "TableInUseException", NULL,
};
static const char *const exists[] = {
	"EntityAlreadyExists", "QueueNameExists", "QueueAlreadyExists", "BucketAlreadyExists",
	"BucketAlreadyOwnedByYou", "ResourceAlreadyExistsException", "AlreadyExistsException",
	"AlreadyExists", "TableAlreadyExistsException", "ResourceExistsException", NULL,
};
static const char *const throttled[] = {
	"Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
	"RequestThrottled", "TooManyRequestsException", "ProvisionedThroughputExceededException",
	"ProvisionedThroughputExceeded", "TransactionInProgressException",
	"RequestLimitExceeded", "BandwidthLimitExceeded", "SlowDown", "EC2ThrottledException",
	"ThrottledRequest", NULL,
};
static const char *const transient[] = {
	"RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete", "InternalError",
	"InternalFailure", "InternalServerError", "InternalServerException", "ServiceException",
	"ServiceUnavailable", "ServiceUnavailableException", "InternalServiceError",
	"InternalServiceException", "IDPCommunicationError", "KMSInternalException",
	"DependencyTimeoutException", NULL,
};
static const char *const auth[] = {
	"UnrecognizedClientException", "UnrecognizedClient", "InvalidClientTokenId",
	"InvalidAccessKeyId", "IncompleteSignature", "IncompleteSignatureException",
	"MissingAuthenticationToken", "MissingAuthenticationTokenException", "ExpiredToken",
	"ExpiredTokenException", "InvalidSignatureException", "SignatureDoesNotMatch",
	"InvalidToken", "RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture",
	"AuthFailure", "NotSignedUp", "OptInRequired", "TokenRefreshRequired",
	"InvalidIdentityToken", NULL,
};
static const char *const denied[] = {
	"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError",
	"AuthorizationErrorException", "UnauthorizedException", "Forbidden", "ForbiddenException",
	"AllAccessDisabled", "AccountProblem", "KMSAccessDeniedException", "KMS.AccessDenied", NULL,
};
static const char *const quota[] = {
	"LimitExceeded", "ServiceQuotaExceededException", "TooManyBuckets", "QuotaExceededException",
	"CodeStorageExceededException", "TopicLimitExceeded", "TopicLimitExceededException",
	"SubscriptionLimitExceeded", "SubscriptionLimitExceededException", "TooManyTags",
	"TooManyTagsException", "PolicyLengthExceededException", "TagLimitExceeded",
	"FilterPolicyLimitExceeded", "FilterPolicyLimitExceededException", NULL,
};
static const struct codes codes[] = {
	{ AWS_ABSENT, absent },	      { AWS_CONFLICT, conflict },   { AWS_EXISTS, exists },
	{ AWS_THROTTLED, throttled }, { AWS_TRANSIENT, transient }, { AWS_AUTH, auth },
	{ AWS_DENIED, denied },	      { AWS_QUOTA, quota },
};
/* clang-format on */

static bool has_code(const struct aws_error *e, const char *code)
{
	return str_eq(e->code, code) || str_eq(e->legacy_code, code);
}

static bool has_text(const struct aws_error *e, const char *text)
{
	return !text || (e->message && strstr(e->message, text));
}

static enum aws_class class_of_status(int status, bool from_aws)
{
	switch (status) {
	case 429:
		return AWS_THROTTLED;
	case 408:
		return AWS_TRANSIENT;
	case 403:
		return from_aws ? AWS_DENIED : AWS_OTHER;
	case 409:
	case 412:
		return from_aws ? AWS_CONFLICT : AWS_OTHER;
	case 400:
	case 422:
		return from_aws ? AWS_INVALID : AWS_OTHER;
	default:
		return status >= 500 && status != 501 ? AWS_TRANSIENT : AWS_OTHER;
	}
}

enum aws_class retry_classify(const struct aws_call *call, const struct aws_error *e, bool from_aws)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		const struct rule *r = &rules[i];

		if ((!r->service || str_eq(r->service, call->service->id)) &&
		    has_code(e, r->code) && has_text(e, r->text))
			return r->class;
	}
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (str_in(e->code, codes[i].list) || str_in(e->legacy_code, codes[i].list))
			return codes[i].class;
	return class_of_status(e->status, from_aws);
}

/* "Forbidden": S3 says no more in reply to HEAD. */
bool retry_is_skew(const struct aws_error *e)
{
	static const char *const skew[] = { "RequestTimeTooSkewed",
					    "RequestExpired",
					    "RequestInTheFuture",
					    "AuthFailure",
					    "InvalidSignatureException",
					    "SignatureDoesNotMatch",
					    "Forbidden",
					    NULL };

	return str_in(e->code, skew);
}

bool retry_is_expired(const struct aws_error *e)
{
	static const char *const expired[] = { "ExpiredToken", "ExpiredTokenException",
					       "TokenRefreshRequired", "RequestExpired", NULL };

	return str_in(e->code, expired);
}

/* --- how often --- */

enum { ATTEMPTS_ON_PAGES = 3 }; /* emulators and proxies: what they lack will not appear */

int retry_attempts(const struct aws_error *e, bool from_aws, int max_attempts)
{
	if (e->status >= 500 && !from_aws && max_attempts > ATTEMPTS_ON_PAGES && e->status == 500)
		return ATTEMPTS_ON_PAGES;
	return e->class == AWS_THROTTLED || e->class == AWS_TRANSIENT ? max_attempts : 1;
}

/* --- how long --- */

enum { BACKOFF_MAX_MS = 20000, RETRY_AFTER_MAX_MS = 60000 };

int64_t retry_backoff_ms(int attempt, int64_t base_ms)
{
	int64_t limit = base_ms;
	uint32_t random;

	for (int i = 1; i < attempt && limit < BACKOFF_MAX_MS; i++)
		limit *= 2;
	if (limit > BACKOFF_MAX_MS)
		limit = BACKOFF_MAX_MS;
	random_bytes(&random, sizeof(random));
	return (int64_t)((double)random / UINT32_MAX * (double)limit);
}

/* A wrong clock of ours does not matter where the reply has a date of its own. */
static int64_t seconds_until(const http_headers *h, const char *date, int64_t now_s)
{
	const char *sent = http_header(h, "date");
	int64_t at = clock_parse(date), from = sent ? clock_parse(sent) : -1;

	return at < 0 ? 0 : at - (from < 0 ? now_s : from);
}

static int64_t limited(int64_t n, int64_t most)
{
	if (n < 0)
		return 0;
	return n > most ? most : n;
}

int64_t retry_after_ms(const http_headers *h, int64_t now_s)
{
	const char *after = http_header(h, "retry-after");
	const char *ms = http_header(h, "x-amz-retry-after");
	int64_t n;

	if (ms && str_to_int64(ms, &n))
		return limited(n, RETRY_AFTER_MAX_MS);
	if (!after)
		return 0;
	if (!str_to_int64(after, &n))
		n = seconds_until(h, after, now_s);
	return limited(n, RETRY_AFTER_MAX_MS / 1000) * 1000;
}

/* --- the budget --- */

void retry_quota_init(struct retry_quota *q)
{
	pthread_mutex_init(&q->lock, NULL);
	q->tokens = RETRY_QUOTA;
}

void retry_quota_done(struct retry_quota *q)
{
	pthread_mutex_destroy(&q->lock);
}

bool retry_quota_take(struct retry_quota *q, int cost)
{
	bool enough;

	pthread_mutex_lock(&q->lock);
	enough = q->tokens >= cost;
	if (enough)
		q->tokens -= cost;
	pthread_mutex_unlock(&q->lock);
	return enough;
}

void retry_quota_give(struct retry_quota *q, int tokens)
{
	pthread_mutex_lock(&q->lock);
	q->tokens += tokens;
	if (q->tokens > RETRY_QUOTA)
		q->tokens = RETRY_QUOTA;
	pthread_mutex_unlock(&q->lock);
}

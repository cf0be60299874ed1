TYPE = "AWS::ApiGatewayV2::Integration"
NEEDS = {"api": {"type": "AWS::ApiGatewayV2::Api", "properties": {"Name": "t-api", "ProtocolType": "HTTP"}}}
CREATE = {
    "ApiId": "${resources.api.id}",
    "IntegrationType": "AWS_PROXY",
    "IntegrationSubtype": "SQS-SendMessage",
    "PayloadFormatVersion": "1.0",
    "CredentialsArn": "arn:aws:iam::123456789012:role/t-role",
    "RequestParameters": {"QueueUrl": "$request.header.queue", "MessageBody": "$request.body"},
}
CHANGES = [{"RequestParameters": {"QueueUrl": "https://sqs.example/1/t", "MessageBody": "$request.body"}},
           {"IntegrationSubtype": "SQS-DeleteMessage"}]
REMOVALS = []
LACKS = {"ministack": {"CredentialsArn": "accepted and never returned", "IntegrationSubtype": "accepted and never returned"}}


def read(aws):
    client = aws.client("apigatewayv2")
    try:
        have = client.get_integration(ApiId=aws.at("ApiId"), IntegrationId=aws.at("IntegrationId"))
    except client.exceptions.NotFoundException:
        return None
    have["ApiId"] = aws.at("ApiId")
    return have

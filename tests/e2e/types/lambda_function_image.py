TYPE = "AWS::Lambda::Function"
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
NEEDS = {"role": {"type": "AWS::IAM::Role", "properties": {"RoleName": "t-role", "AssumeRolePolicyDocument": TRUST}}}
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/image"
CREATE = {
    "FunctionName": "t-it",
    "PackageType": "Image",
    "Role": "${resources.role.arn}",
    "Code": {"ImageUri": f"{IMAGE}:one"},
    "ImageConfig": {"Command": ["app.handler"], "EntryPoint": ["/entry", "-x"], "WorkingDirectory": "/work"},
}
CHANGES = [
    {"ImageConfig": {"Command": ["other.handler"], "WorkingDirectory": "/work"}},
    {"Code": {"ImageUri": f"{IMAGE}:two"}},
]
REPLACE = [{"FunctionName": "t-it-again"}]
FIXED = {"moto": {"ImageConfig": "an update is ignored"}}


def read(aws):
    client = aws.client("lambda")
    try:
        reply = client.get_function(FunctionName=aws.id)
    except client.exceptions.ResourceNotFoundException:
        return None
    have = reply["Configuration"]
    have["Code"] = {"ImageUri": reply["Code"].get("ImageUri")}
    have["ImageConfig"] = have.get("ImageConfigResponse", {}).get("ImageConfig") or None
    return have

"""The emulator's reading and writing, against Amazon's own client: what one writes the other reads."""

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.emulators.aws import wire
from tests.emulators.serving import Request

words = st.text(
    st.characters(min_codepoint=32, blacklist_categories=["Cs"], max_codepoint=0xFFFD), min_size=1
)
names = st.text("abcdefghij-0123456789", min_size=1, max_size=20)
tags = st.dictionaries(names, words, min_size=1, max_size=3)
pairs = tags.map(lambda some: [{"Key": key, "Value": value} for key, value in some.items()])

QUESTIONS = {
    ("eks", "CreateNodegroup"): st.fixed_dictionaries({
        "clusterName": names, "nodegroupName": names, "nodeRole": words, "tags": tags,
        "subnets": st.lists(words, min_size=1),
        "scalingConfig": st.fixed_dictionaries({"minSize": st.integers(0, 9), "maxSize": st.integers(1, 9)}),
        "taints": st.lists(
            st.fixed_dictionaries({"key": words, "effect": st.just("NO_SCHEDULE")}), min_size=1
        ),
    }),
    ("eks", "DescribeUpdate"): st.fixed_dictionaries(
        {"name": names, "updateId": names, "nodegroupName": names}
    ),
    ("ec2", "DescribeVolumes"): st.fixed_dictionaries({
        "VolumeIds": st.lists(names, min_size=1),
        "Filters": st.lists(
            st.fixed_dictionaries({"Name": names, "Values": st.lists(words, min_size=1)}), min_size=1
        ),
    }),
    ("ec2", "CreateVpc"): st.fixed_dictionaries({"CidrBlock": words, "DryRun": st.booleans()}),
    ("cloudformation", "CreateStack"): st.fixed_dictionaries(
        {"StackName": names, "TemplateBody": words, "Capabilities": st.just(["CAPABILITY_IAM"]),
         "Tags": pairs}
    ),
    ("elbv2", "DescribeTags"): st.fixed_dictionaries({"ResourceArns": st.lists(words, min_size=1)}),
    ("service-quotas", "GetServiceQuota"): st.fixed_dictionaries({"ServiceCode": names, "QuotaCode": names}),
}  # fmt: skip

ANSWERS = {
    ("eks", "DescribeCluster"): st.fixed_dictionaries(
        {"cluster": st.fixed_dictionaries({"name": words, "tags": tags, "status": st.just("ACTIVE")})}
    ),
    ("ec2", "DescribeVolumes"): st.fixed_dictionaries({"Volumes": st.lists(
        st.fixed_dictionaries({"VolumeId": names, "Size": st.integers(1, 99), "Tags": pairs}), min_size=1
    )}),
    ("cloudformation", "DescribeStackEvents"): st.fixed_dictionaries({"StackEvents": st.lists(
        st.fixed_dictionaries({"StackId": names, "ResourceStatusReason": names}), min_size=1
    )}),
    ("iam", "ListAccountAliases"): st.fixed_dictionaries(
        {"AccountAliases": st.lists(names, min_size=1), "IsTruncated": st.booleans()}
    ),
    ("logs", "DescribeLogGroups"): st.fixed_dictionaries({"logGroups": st.lists(
        st.fixed_dictionaries({"logGroupName": words, "storedBytes": st.integers(0, 2**40)}), min_size=1
    )}),
}  # fmt: skip


def as_request(service: str, sent: dict[str, Any]) -> Request:
    """Return what botocore would send, as the emulator gets it."""
    url = urlsplit(sent["url_path"])
    query = parse_qs(url.query, keep_blank_values=True)
    query |= {
        key: value if isinstance(value, list) else [value]
        for key, value in dict(sent.get("query_string") or {}).items()
    }
    body = sent["body"]
    data = urlencode(body).encode() if isinstance(body, dict) else body
    headers = {name.title(): value for name, value in sent["headers"].items()}
    return Request(sent["method"], url.path, query, headers, data, "")


@pytest.mark.parametrize(("service", "operation"), QUESTIONS)
@settings(max_examples=25)
@given(st.data())
def test_requests_of_amazons_client_are_read(service, operation, data):
    asked = data.draw(QUESTIONS[service, operation])
    known = wire.model(service)
    serializer = create_serializer(known.resolved_protocol)
    sent = serializer.serialize_to_request(asked, known.operation_model(operation))
    found, read = wire.read(service, as_request(service, sent))
    assert (found.name, read) == (operation, asked)
    assert not wire.complaints(found.input_shape, read)


@pytest.mark.parametrize(("service", "operation"), ANSWERS)
@settings(max_examples=25)
@given(st.data())
def test_answers_are_read_by_amazons_client(service, operation, data):
    answer = data.draw(ANSWERS[service, operation])
    known = wire.model(service)
    shape = known.operation_model(operation)
    reply = wire.write(shape, answer)
    got = {"body": reply.data, "headers": dict(reply.headers), "status_code": reply.status}
    parsed = create_parser(known.resolved_protocol).parse(got, shape.output_shape)
    parsed.pop("ResponseMetadata")
    assert parsed == answer


def test_what_no_model_has_is_complained_of():
    operation = wire.model("eks").operation_model("DescribeCluster")
    assert "colour" in wire.output_complaints(operation, {"cluster": {"name": "bio", "colour": "red"}})
    body = json.dumps({"name": "bio", "colour": "red"}).encode()
    with pytest.raises(KeyError, match="colour"):
        wire.read("eks", Request("POST", "/clusters", {}, {}, body, ""))
    with pytest.raises(KeyError):
        wire.read("eks", Request("GET", "/nothing", {}, {}, b"", ""))
    fields = b"Action=DescribeStacks&Version=2010-05-15&Colour=red"
    with pytest.raises(KeyError, match="Colour"):
        wire.read("cloudformation", Request("POST", "/", {}, {}, fields, ""))

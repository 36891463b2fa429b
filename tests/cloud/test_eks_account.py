"""What Amazon is asked before the work, how one signs in, and what a person would type instead."""

import base64
import json
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from botocore import xform_name
from botocore.loaders import Loader
from hypothesis import given
from hypothesis import strategies as st

from tests.cloud.amazon import POOLS, REGION, SECRET, AmazonCase, amazon
from tests.cloud.contract import problem_of, went_well
from tests.emulators.aws.people import GRANTED
from tests.emulators.aws.wire import AwsError, model
from z2jh_wizard.cloud.account import Verdict
from z2jh_wizard.cloud.eks import autoscaler, sign_in
from z2jh_wizard.cloud.eks.aws import Aws
from z2jh_wizard.cloud.eks.endpoint import ELSEWHERE
from z2jh_wizard.cloud.eks.permissions import ACTIONS
from z2jh_wizard.cloud.eks.provider import EksProvider
from z2jh_wizard.cloud.eks.troubles import of_issue, of_stack
from z2jh_wizard.cloud.explain import CloudNeedsYou, CloudTrouble
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.spec import Chart, Pool
from z2jh_wizard.project.folder import Project, create_project


@pytest.fixture
def case(monkeypatch: pytest.MonkeyPatch) -> Iterator[AmazonCase]:
    with amazon(monkeypatch) as made:
        yield made


async def checks_of(case: AmazonCase, project: Project) -> dict[str, Any]:
    return {one.id: one for one in await case.provider(project).account().preflight(project.spec)}


async def test_what_an_account_lacks_is_told_before_the_work(case, tmp_path):
    project = case.project(tmp_path)
    case.cloud.iam.denied.add("eks:CreateCluster")
    case.cloud.quotas.limits.update({"L-1216C47A": 8, "L-F678F1CE": 0})
    case.cloud.ec2.offers["m5.large"] = set()
    checks = await checks_of(case, project)
    assert {name for name, one in checks.items() if one.verdict is Verdict.FAIL} == {
        "machines", "permissions", "quota.vcpu", "quota.vpc",
    }  # fmt: skip
    assert "eks:CreateCluster" in checks["permissions"].sentence
    assert "16 processors are needed at most, 8 are left" in checks["quota.vcpu"].sentence
    assert not case.world.complaints


async def test_what_is_allowed_for_some_things_only_is_a_warning(case, tmp_path):
    project = case.project(tmp_path)
    case.cloud.iam.lacking.add("iam:PassRole")
    told = (await checks_of(case, project))["permissions"]
    assert told.verdict is Verdict.WARN
    assert "iam:PassRole" in told.sentence
    case.cloud.iam.lacking.update(ACTIONS)
    assert (await checks_of(case, project))["permissions"].verdict is Verdict.FAIL


async def test_who_may_not_ask_is_no_failure(case, tmp_path):
    project = case.project(tmp_path)
    case.cloud.iam.who = f"arn:aws:sts::{case.cloud.account}:assumed-role/Student/ada"
    case.world.fail_once("GetServiceQuota", AwsError("AccessDeniedException", "no", 403))
    case.world.fail_once("DescribeRegions", AwsError("UnauthorizedOperation", "no", 403))
    checks = await checks_of(case, project)
    unknown = {name for name, one in checks.items() if one.verdict is Verdict.UNKNOWN}
    assert {"services", "permissions"} < unknown
    case.cloud.iam.denied.add("ec2:CreateVpc")
    assert "ec2:CreateVpc" in (await checks_of(case, project))["permissions"].sentence
    case.cloud.iam.who = f"arn:aws:iam::{case.cloud.account}:root"
    assert (await checks_of(case, project))["permissions"].verdict is Verdict.WARN


async def test_credentials_of_another_account_are_refused(case, tmp_path):
    project = case.project(tmp_path)
    case.cloud.account = "999988887777"
    case.cloud.iam.who = "arn:aws:iam::999988887777:user/ada"
    problem = problem_of(await case.set_up(project))
    assert "another AWS account" in problem.title
    assert {one.name for one in case.world.calls} == {"GetCallerIdentity"}


async def test_rules_that_forbid_other_regions_are_no_hindrance(case, tmp_path):
    """An organisation may forbid every question outside its own region."""
    project = case.project(tmp_path)
    case.cloud.forbidden.add("us-east-1")
    account = case.provider(project).account()
    assert REGION in {one.id for one in await account.locations()}
    assert went_well(await case.set_up(project))
    assert not [one for one in await account.preflight(project.spec) if one.verdict is Verdict.FAIL]


async def test_a_token_says_the_cluster_and_ends(case, tmp_path):
    project = case.project(tmp_path)
    status = await case.provider(project).credential()
    kind, _, inside = status["token"].partition("k8s-aws-v1.")
    url = urlsplit(base64.urlsafe_b64decode(inside + "=" * (-len(inside) % 4)).decode())
    asked = parse_qs(url.query)
    assert not kind
    assert url.netloc == f"sts.{REGION}.amazonaws.com"
    assert asked["X-Amz-SignedHeaders"] == ["host;x-k8s-aws-id"]
    assert asked["X-Amz-Expires"] == ["60"]
    assert status["expirationTimestamp"] == "2026-03-02T08:14:00Z"
    assert SECRET not in status["token"]


async def test_a_start_page_signs_in_and_leaves_nothing_on_the_disk(case, tmp_path, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv(sign_in.KEYS, "")
    shown: list[sign_in.DeviceCode] = []
    pauses: list[float] = []
    page = sign_in.StartPage("https://example.awsapps.com/start", REGION, pauses.append)
    page.sign_in(shown.append)
    assert [one.code for one in shown] == ["ABCD-EFGH"]
    assert pauses == [1.0]
    assert [one.id for one in page.accounts()] == [case.cloud.account]
    assert page.roles(case.cloud.account) == ("Instructor",)
    page.take(case.cloud.account, "Instructor")
    session, source = sign_in.session()
    assert (session.get_credentials().access_key, source) == (GRANTED, "a start page (SSO)")
    assert not (tmp_path / "home").exists()
    assert not case.world.complaints


async def test_a_start_page_that_nobody_allows(case):
    page = sign_in.StartPage("https://example.awsapps.com/start", REGION, lambda _seconds: None)
    with pytest.raises(CloudNeedsYou):
        page.accounts()
    case.world.fail_once("CreateToken", AwsError("ExpiredTokenException", "the code is old"))
    with pytest.raises(CloudNeedsYou):
        page.sign_in(lambda _code: None)
    case.world.fail_once("RegisterClient", AwsError("InvalidRequestException", "no such page"))
    with pytest.raises(CloudTrouble, match="no such page"):
        page.sign_in(lambda _code: None)


def test_keys_of_a_start_page_end(monkeypatch):
    keys = sign_in.Keys("a", "b", "c", time.time() - 1)
    assert "b" not in repr(keys)
    monkeypatch.setenv(sign_in.KEYS, msgspec.json.encode(keys).decode())
    with pytest.raises(CloudNeedsYou) as caught:
        sign_in.session()
    assert caught.value.fix == "sign-in"


def test_profiles_are_found_by_name(tmp_path, monkeypatch):
    config, keys = tmp_path / "config", tmp_path / "credentials"
    config.write_text("[default]\nregion=x\n[profile bio]\n[sso-session uni]\n[services local]\n")
    keys.write_text("[default]\naws_secret_access_key = s3cret\n[lab]\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(keys))
    assert sign_in.profiles() == ("default", "bio", "lab")
    assert sign_in.ways("profile:bio")[0].id in ("profile", "environment")
    assert "s3cret" not in repr(sign_in.ways())


async def test_a_profile_that_is_not_there(case):
    with pytest.raises(CloudNeedsYou):
        await Aws("", REGION, "profile:nobody").who()


@pytest.mark.parametrize("address", ["http://example.edu", "https://127.0.0.1:1", "file:///etc/passwd"])
async def test_only_an_emulator_on_this_computer_can_stand_in(case, monkeypatch, address):
    monkeypatch.setenv(ELSEWHERE, address)
    with pytest.raises(InvalidInput):
        await Aws("", REGION).who()
    with pytest.raises(InvalidInput):
        sign_in.StartPage("https://example.awsapps.com/start", REGION).accounts()


async def test_what_aws_does_not_know_is_complained_of(case):
    aws = Aws(case.cloud.account, REGION)
    with pytest.raises(CloudTrouble, match="does not know"):
        await aws.ask("eks", "list_insights", clusterName="bio101")
    template = {"Resources": {"V": {"Type": "AWS::EC2::VPC", "Properties": {"Colour": "red"}}}}
    with pytest.raises(CloudTrouble):
        await aws.ask(
            "cloudformation", "create_stack", StackName="s", TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_IAM"], Tags=[{"Key": "a", "Value": "b"}],
        )  # fmt: skip
    assert [one for one in case.world.complaints if "ListInsights" in one]
    assert [one for one in case.world.complaints if "Colour" in one]


@pytest.mark.parametrize(
    ("region", "cluster", "machine"),
    [("eu south", "", ""), ("eu-south-1", "a;rm -rf ~", ""), ("eu-south-1", "", "$(id)")],
)
def test_names_that_a_shell_would_run_are_refused(tmp_path, region, cluster, machine):
    made = create_project(
        tmp_path / "hub", "eks", chart=Chart(), release="bio101", pools={"user": Pool(1, machine)}
    )
    named = msgspec.structs.replace(made.spec.cluster, name=cluster)
    spec = msgspec.structs.replace(made.spec, account="1", region=region, cluster=named)
    with pytest.raises(InvalidInput):
        [step.commands() for step in EksProvider(Project(made.folder, spec)).steps()]


def test_an_autoscaler_is_for_pools_that_may_grow(tmp_path):
    made = create_project(tmp_path / "hub", "eks", chart=Chart(), release="bio101", pools=POOLS)
    spec = msgspec.structs.replace(made.spec, account="1", region=REGION)
    fixed = msgspec.structs.replace(spec, pools={"user": Pool(2, "m5.large", maximum=2)})
    elsewhere = msgspec.structs.replace(spec, provider="gke")
    assert [autoscaler.wants_one(one) for one in (spec, fixed, elsewhere)] == [True, False, False]
    why = {one.id: one.why for one in EksProvider(Project(made.folder, fixed)).steps()}
    assert "number is fixed" in why["cluster.pools"]


def test_the_command_of_the_autoscaler_says_what_its_values_say(tmp_path):
    made = create_project(tmp_path / "hub", "eks", chart=Chart(), release="bio101", pools=POOLS)
    spec = msgspec.structs.replace(made.spec, account="1", region=REGION)
    argv = [str(one) for one in autoscaler.installing(spec)[0].argv]
    said: dict[str, Any] = {}
    for pair in (argv[at + 1] for at, one in enumerate(argv) if one == "--set-string"):
        path, _, value = pair.partition("=")
        *above, last = (one.replace("\\.", ".") for one in re.split(r"(?<!\\)\.", path))
        place = said
        for one in above:
            place = place.setdefault(one, {})
        place[last] = value
    assert said == autoscaler.values(spec)


def aws_commands(script: str) -> Iterator[list[str]]:
    """Give each command of AWS's tool in a line for a shell, those inside others, too."""
    inside = re.compile(r"\$\(([^()]*)\)")
    for found in inside.findall(script):
        yield from aws_commands(found.partition(" | ")[0])
    words = shlex.split(inside.sub("X", script))
    if words[:1] == ["aws"]:
        yield words[1:]


def unknown_to_aws(words: list[str]) -> list[str]:
    """Return what of a command AWS's own models do not have; its tool is made of them."""
    service, verb, *rest = words
    if verb == "wait":
        waiters = Loader().load_service_model(service, "waiters-2")["waiters"]
        known = {xform_name(name, "-"): about["operation"] for name, about in waiters.items()}
        verb, rest = known.get(rest[0], rest[0]), rest[1:]
    operations = {xform_name(name, "-"): name for name in model(service).operation_names}
    name = operations.get(verb, verb)
    if name not in operations.values():
        return [f"{service} {verb}"]
    shape = model(service).operation_model(name).input_shape
    options = {f"--{xform_name(one, '-')}" for one in shape.members} | {"--region", "--query", "--output"}
    return [one for one in rest if one.startswith("--") and one not in options]


async def test_commands_are_those_of_awss_own_tool(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    await case.tear_down(project)
    case.leave_behind()
    provider = case.provider(project)
    steps = [*provider.steps(), provider.resize_step("user", 3)]
    commands = [one for step in steps for one in (*step.commands(), *step.undo_commands())]
    commands += [one for left in await provider.left() if left.delete for one in left.delete.commands()]
    said = [words for one in commands for words in aws_commands(one.script or shlex.join(map(str, one.argv)))]
    assert len(said) > 30
    custom = ["eks", "update-kubeconfig"]
    assert {" ".join(words[:2]): wrong for words in said if words[:2] != custom
            and (wrong := unknown_to_aws(words))} == {}  # fmt: skip
    for one in commands:
        subprocess.run(["bash", "-n"], input=one.shell(), text=True, check=True, timeout=10)


@given(st.sampled_from(model("eks").shape_for("NodegroupIssueCode").enum), st.text(max_size=400))
def test_every_issue_has_words_whatever_its_text(code, text):
    for found in (of_issue(code, text, zone="z"), of_stack("ROLLBACK_COMPLETE", f"{code} {text}", "1")):
        said = str(found)
        assert found.problem.title
        assert "\x1b" not in said
        assert len(said) < 1500

"""Whether who is signed in may do what the wizard does: asked of IAM, else tried on paper with EC2."""

from __future__ import annotations

from z2jh_wizard.cloud.account import Check, Verdict
from z2jh_wizard.cloud.eks.aws import Aws
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.core.errors import WizardError

ACTIONS = (
    "cloudformation:CreateStack",
    "cloudformation:DeleteStack",
    "ec2:CreateVpc",
    "ec2:CreateSubnet",
    "ec2:DeleteVolume",
    "iam:CreateRole",
    "iam:PassRole",
    "eks:CreateCluster",
    "eks:DeleteCluster",
    "eks:CreateNodegroup",
    "eks:UpdateNodegroupConfig",
    "eks:CreateAddon",
    "eks:CreatePodIdentityAssociation",
)
"""What the wizard and CloudFormation do in an account, by the names that policies are made of."""

WOULD_WORK = "DryRunOperation"
"""What EC2 answers to a trial on paper of something that is allowed."""

TITLE = "Permissions"


async def check(aws: Aws) -> Check:
    """Return whether the account may do all that is needed; what may not be asked is unknown."""
    try:
        who, _, _ = await aws.who()
        if who.endswith(":root"):
            sentence = "You are signed in as the account's root user, who may do all. Better make a user."
            return Check("permissions", TITLE, Verdict.WARN, sentence)
        decisions = await _decisions(aws, await _principal(aws, who))
    except CloudTrouble:
        return await _on_paper(aws)
    except WizardError as error:
        return Check("permissions", TITLE, Verdict.UNKNOWN, f"Could not be asked: {error.problem.happened}")
    return _judged(decisions)


def _judged(decisions: dict[str, str]) -> Check:
    """Return what IAM's decisions mean.

    What is not allowed for everything may be for what the wizard makes, so it is a warning as long as
    anything is allowed; what is forbidden is forbidden.
    """
    lacking = [action for action, one in decisions.items() if one != "allowed"]
    if not lacking:
        return Check("permissions", TITLE, Verdict.OK, "You may do all that is needed.")
    forbidden = [action for action in lacking if decisions[action] == "explicitDeny"]
    if forbidden or len(lacking) == len(decisions):
        sentence = f"You may not do {', '.join(forbidden or lacking)}. Ask who looks after the account."
        return Check("permissions", TITLE, Verdict.FAIL, sentence)
    sentence = f"You may lack {', '.join(lacking)}: AWS allows it not for everything. Ask, or try."
    return Check("permissions", TITLE, Verdict.WARN, sentence)


async def _principal(aws: Aws, who: str) -> str:
    """Return the user or role behind a name; a session's name leaves out the path of its role."""
    if ":assumed-role/" not in who:
        return who
    role = who.split("/")[1]
    reply = await aws.ask("iam", "get_role", role, RoleName=role)
    return str(reply["Role"]["Arn"])


async def _decisions(aws: Aws, principal: str) -> dict[str, str]:
    found = await aws.listed(
        "iam",
        "simulate_principal_policy",
        "EvaluationResults",
        PolicySourceArn=principal,
        ActionNames=list(ACTIONS),
    )
    return {one["EvalActionName"]: one["EvalDecision"] for one in found}


async def _on_paper(aws: Aws) -> Check:
    """Try on paper to make a network, where nobody may ask IAM; the rest stays unknown."""
    try:
        await aws.ask("ec2", "create_vpc", "a network", CidrBlock="10.42.0.0/16", DryRun=True)
    except CloudTrouble as error:
        if error.reason == WOULD_WORK:
            sentence = "You may make a network; AWS does not let you ask for the rest."
            return Check("permissions", TITLE, Verdict.UNKNOWN, sentence)
        return Check("permissions", TITLE, Verdict.FAIL, error.problem.happened)
    except WizardError as error:
        return Check("permissions", TITLE, Verdict.UNKNOWN, f"Could not be asked: {error.problem.happened}")
    return Check("permissions", TITLE, Verdict.UNKNOWN, "AWS did not say what you may do.")

"""Who is signed in, what they may do, how much they may have, and an institution's start page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.emulators.aws.wire import AwsError

if TYPE_CHECKING:
    from tests.emulators.aws.cloud import Cloud

Tree = dict[str, Any]

GRANTED = "AKIAFROMSTARTPAGE000"


class Sts:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def GetCallerIdentity(self) -> Tree:
        return {"UserId": "AIDA1", "Account": self._cloud.account, "Arn": self._cloud.iam.who}


class Iam:
    """Users and roles; ``denied`` are actions that nobody may do, ``lacking`` those that nobody allowed."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.who = f"arn:aws:iam::{cloud.account}:user/ada"
        self.denied: set[str] = set()
        self.lacking: set[str] = set()
        self.roles: dict[str, Tree] = {}

    def ListAccountAliases(self) -> Tree:
        return {"AccountAliases": ["teaching"], "IsTruncated": False}

    def GetRole(self, RoleName: str) -> Tree:
        if RoleName not in self.roles:
            raise AwsError("NoSuchEntity", f"The role with name {RoleName} cannot be found.", 404)
        return {"Role": self.roles[RoleName]}

    def SimulatePrincipalPolicy(self, PolicySourceArn: str, ActionNames: list[str]) -> Tree:
        return {
            "IsTruncated": False,
            "EvaluationResults": [
                {"EvalActionName": one, "EvalDecision": self._decision(one)} for one in ActionNames
            ],
        }

    def _decision(self, action: str) -> str:
        if action in self.denied:
            return "explicitDeny"
        return "implicitDeny" if action in self.lacking else "allowed"

    def make(self, name: str) -> str:
        """Make a role; return its ARN."""
        arn = f"arn:aws:iam::{self._cloud.account}:role/{name}"
        self.roles[name] = {
            "RoleName": name, "Arn": arn, "Path": "/", "RoleId": name, "CreateDate": "2026-03-02T08:00:00Z",
        }  # fmt: skip
        return arn

    def has(self, arn: str) -> bool:
        """Tell whether a role is there."""
        return any(one["Arn"] == arn for one in self.roles.values())


class Accounts:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def EnableRegion(self, RegionName: str) -> Tree:
        cloud = self._cloud
        cloud.stacks.pending.append(cloud.world.begun(lambda: cloud.off.discard(RegionName)))
        return {}


@dataclass
class Quotas:
    limits: dict[str, float] = field(default_factory=lambda: {"L-1216C47A": 64.0, "L-F678F1CE": 5.0})

    def GetServiceQuota(self, ServiceCode: str, QuotaCode: str) -> Tree:
        if QuotaCode not in self.limits:
            raise AwsError("NoSuchResourceException", "The request failed because there is no such quota.")
        return {
            "Quota": {"ServiceCode": ServiceCode, "QuotaCode": QuotaCode, "Value": self.limits[QuotaCode]}
        }


class StartPage:
    """A start page where somebody allows the second time that is asked."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.asked = 0
        self.expiration = 4102444800000

    def ListAccounts(self, accessToken: str) -> Tree:
        self._check(accessToken)
        return {"accountList": [{"accountId": self._cloud.account, "accountName": "Teaching"}]}

    def ListAccountRoles(self, accessToken: str, accountId: str) -> Tree:
        self._check(accessToken)
        return {"roleList": [{"roleName": "Instructor", "accountId": accountId}]}

    def GetRoleCredentials(self, accessToken: str, accountId: str, roleName: str) -> Tree:
        self._check(accessToken)
        return {
            "roleCredentials": {
                "accessKeyId": GRANTED, "secretAccessKey": "granted-secret", "sessionToken": "granted-token",
                "expiration": self.expiration,
            }
        }  # fmt: skip

    def _check(self, token: str) -> None:
        if token != "page-token":
            raise AwsError("UnauthorizedException", "Session token not found or invalid", 401)


class SignIn:
    def __init__(self, page: StartPage) -> None:
        self._page = page

    def RegisterClient(self, clientName: str, clientType: str) -> Tree:
        return {"clientId": "client", "clientSecret": "client-secret"}

    def StartDeviceAuthorization(self, clientId: str, clientSecret: str, startUrl: str) -> Tree:
        return {
            "deviceCode": "device", "userCode": "ABCD-EFGH", "verificationUri": "https://device.example",
            "verificationUriComplete": "https://device.example/?user_code=ABCD-EFGH", "expiresIn": 600,
            "interval": 1,
        }  # fmt: skip

    def CreateToken(self, clientId: str, clientSecret: str, grantType: str, deviceCode: str) -> Tree:
        self._page.asked += 1
        if self._page.asked == 1:
            raise AwsError("AuthorizationPendingException", "not yet")
        return {"accessToken": "page-token", "tokenType": "Bearer", "expiresIn": 28800}

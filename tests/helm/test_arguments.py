"""The words after helm."""

from pathlib import Path

from z2jh_wizard.helm.arguments import ChartSource, Target, roll_back, uninstall, upgrade_install

HUB = ChartSource("jupyterhub", "https://hub.jupyter.org/helm-chart/", "4.4.0")
FILES = [Path("config.yaml"), Path("secrets.yaml")]


def test_upgrade_uses_exactly_the_files_and_nothing_remembered():
    words = upgrade_install("bio101", HUB, FILES, (4, 3, 1), timeout_seconds=600)
    assert words == (
        "upgrade", "--install", "--cleanup-on-fail", "bio101", "jupyterhub",
        "--repo", "https://hub.jupyter.org/helm-chart/", "--version", "4.4.0", "--reset-values",
        "--values", "config.yaml", "--values", "secrets.yaml",
        "--wait", "--timeout", "600s", "--history-max", "20",
    )  # fmt: skip


def test_upgrade_without_any_file_still_resets_the_values():
    assert "--reset-values" in upgrade_install("x", HUB, [], (4, 3, 1), timeout_seconds=1)


def test_options_follow_the_version():
    def words(version):
        return upgrade_install(
            "x", HUB, [], version, timeout_seconds=1, force_conflicts=True, roll_back_on_failure=True,
            description="more memory",
        )[-4:]  # fmt: skip

    assert words((4, 0, 0)) == ("--force-conflicts", "--rollback-on-failure", "--description", "more memory")
    assert words((3, 12, 0)) == ("20", "--atomic", "--description", "more memory")


def test_going_back_and_removing_wait_too():
    assert roll_back("x", 3, (4, 3, 1), timeout_seconds=60, force_conflicts=True) == (
        "rollback", "x", "3", "--cleanup-on-fail", "--wait", "--timeout", "60s", "--history-max", "20",
        "--force-conflicts",
    )  # fmt: skip
    assert uninstall("x", timeout_seconds=60) == ("uninstall", "x", "--wait", "--timeout", "60s")


def test_a_chart_is_named_by_path_registry_or_repository():
    assert ChartSource("./chart.tgz").words() == ("./chart.tgz",)
    assert ChartSource("oci://host/hub", version="1.0.6").words() == ("oci://host/hub", "--version", "1.0.6")


def test_a_target_names_only_what_is_known():
    assert Target().words() == ()
    assert Target("ns", Path("/k"), "ctx").words() == (
        "--namespace", "ns", "--kubeconfig", "/k", "--kube-context", "ctx",
    )  # fmt: skip

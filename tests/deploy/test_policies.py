"""What every workload must be: probed, bounded, powerless."""

import ipaddress
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORKLOADS = {
    "collector",
    "analyzer-annotate",
    "analyzer-stories",
    "notifier",
    "coordinator",
    "console",
}


def container(deployment):
    """Returns the one container of a Deployment."""
    (only,) = deployment["spec"]["template"]["spec"]["containers"]
    return only


def of_kind(overlay, kind):
    """Returns the objects of a kind by name."""
    return {item["metadata"]["name"]: item for item in overlay if item["kind"] == kind}


def test_every_service_is_deployed(deployments):
    assert set(deployments) == WORKLOADS


def test_no_workload_runs_as_root_or_gets_a_token(deployments):
    for name, item in deployments.items():
        pod = item["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["runAsUser"] >= 10000, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert pod["automountServiceAccountToken"] is False, name


def test_every_container_has_a_read_only_root_and_no_capability(deployments):
    for name, item in deployments.items():
        context = container(item)["securityContext"]
        assert context["readOnlyRootFilesystem"] is True, name
        assert context["allowPrivilegeEscalation"] is False, name
        assert context["capabilities"] == {"drop": ["ALL"]}, name


def test_memory_is_limited_and_cpu_only_requested(deployments):
    for name, item in deployments.items():
        resources = container(item)["resources"]
        assert set(resources["limits"]) == {"memory"}, name
        assert set(resources["requests"]) == {"cpu", "memory"}, name


def test_liveness_and_readiness_ask_different_questions(deployments):
    for name, item in deployments.items():
        live, ready = container(item)["livenessProbe"], container(item)["readinessProbe"]
        question = {"grpc", "exec", "httpGet"}
        (way,) = question & set(live)
        assert way in ready, name
        assert live[way] != ready[way], name
        assert "startupProbe" in container(item), name


def test_grpc_services_are_probed_over_grpc(deployments):
    for name in WORKLOADS - {"console"}:
        probe = container(deployments[name])["readinessProbe"]
        if "grpc" in probe:
            assert probe["grpc"]["service"] == "ready", name
        else:
            command = probe["exec"]["command"]
            assert command == ["python", "-m", "groundswell_core.probe", "ready"], name


def test_images_are_pinned_to_a_tag(deployments):
    for name, item in deployments.items():
        image = container(item)["image"]
        assert image.rpartition(":")[0] == f"groundswell-{name.partition('-')[0]}", name
        assert image.rpartition(":")[2] not in {"", "latest"}, name


def test_every_workload_has_an_account_a_budget_a_service_and_a_policy(overlay):
    for kind in ("ServiceAccount", "PodDisruptionBudget", "Service", "NetworkPolicy"):
        assert set(of_kind(overlay, kind)) >= WORKLOADS, kind


def test_selectors_find_the_pods_they_name(overlay, deployments):
    for name, item in deployments.items():
        labels = item["spec"]["template"]["metadata"]["labels"]
        selectors = (
            item["spec"]["selector"]["matchLabels"],
            of_kind(overlay, "Service")[name]["spec"]["selector"],
            of_kind(overlay, "PodDisruptionBudget")[name]["spec"]["selector"]["matchLabels"],
            of_kind(overlay, "NetworkPolicy")[name]["spec"]["podSelector"]["matchLabels"],
        )
        for selector in selectors:
            assert selector.items() <= labels.items(), name


def test_the_namespace_refuses_what_no_policy_allows(overlay):
    deny = of_kind(overlay, "NetworkPolicy")["default-deny"]["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_each_edge_is_allowed_at_both_of_its_ends(overlay):
    policies = of_kind(overlay, "NetworkPolicy")
    out = {(name, peer) for name in WORKLOADS for peer in peers(policies[name], "egress", "to")}
    into = {(peer, name) for name in WORKLOADS for peer in peers(policies[name], "ingress", "from")}
    assert out == into


def test_each_service_may_reach_the_peers_that_its_code_calls(overlay):
    policies = of_kind(overlay, "NetworkPolicy")
    for service in ("collector", "notifier", "coordinator", "console"):
        called = called_peers(service)
        assert called == set(peers(policies[service], "egress", "to")), service
    both = {
        peer
        for role in ("annotate", "stories")
        for peer in peers(policies[f"analyzer-{role}"], "egress", "to")
    }
    assert called_peers("analyzer") == both


def called_peers(service):
    """Returns the workloads whose address the code of a service reads."""
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / f"services/{service}/src").rglob("*.py")
    )
    if "PeerSettings" in code:  # every peer, by name
        return {"collector", "analyzer-stories", "notifier", "coordinator"}
    names = set(re.findall(r"peers\.(collector|analyzer|notifier|coordinator)\b", code))
    return {"analyzer-stories" if name == "analyzer" else name for name in names}


def peers(policy, direction, end):
    """Yields the workloads that a policy names on one side."""
    for rule in policy["spec"].get(direction, []):
        for peer in rule[end]:
            labels = peer.get("podSelector", {}).get("matchLabels", {})
            if "app.kubernetes.io/name" in labels:
                yield labels["app.kubernetes.io/name"]


def test_the_open_internet_excludes_private_addresses(overlay):
    blocks = [
        peer["ipBlock"]
        for policy in of_kind(overlay, "NetworkPolicy").values()
        for rule in policy["spec"].get("egress", [])
        for peer in rule.get("to", [])
        if "ipBlock" in peer
    ]
    assert blocks
    for address in ("169.254.169.254", "10.0.0.1", "192.168.1.1", "172.16.0.1", "127.0.0.1"):
        for block in blocks:
            assert not reaches(block, address), (block, address)


def reaches(block, address):
    """Tells whether an address is in the block and not in what it excludes."""
    ip = ipaddress.ip_address(address)
    within = ip in ipaddress.ip_network(block["cidr"])
    return within and not any(ip in ipaddress.ip_network(item) for item in block["except"])


def test_secrets_are_files_and_never_in_the_manifests(overlay, deployments):
    assert not of_kind(overlay, "Secret")
    for name, item in deployments.items():
        volumes = {volume["name"]: volume for volume in item["spec"]["template"]["spec"]["volumes"]}
        assert volumes["secrets"]["secret"]["secretName"] == f"groundswell-{name}"
        assert not [entry for entry in container(item).get("env", []) if "valueFrom" in entry]


def test_a_changed_setting_rolls_the_pods(overlay, deployments):
    maps = set(of_kind(overlay, "ConfigMap"))
    for name, item in deployments.items():
        for source in container(item)["envFrom"]:
            reference = source["configMapRef"]["name"]
            assert reference in maps, (name, reference)
            assert len(reference.rpartition("-")[2]) == 10, "the name ends with a hash"

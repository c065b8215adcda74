#!/usr/bin/env python3
"""The files for containers, looked at without an engine: do they agree with each other, with what Docker, Compose and
Kubernetes know, and with the program that is to run in them. Last line: N passed, N failed, N skipped."""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

root = Path(__file__).resolve().parents[2]
here = root / "deploy/container"
read = lambda path: (root / path).read_text(encoding="utf-8")
made = lambda folder: subprocess.run([here / "prepare", folder], check=True, capture_output=True)

configuration = json.loads(re.sub(r"(?m)(^|[\s,{])//.*$", r"\1", read("deploy/container/configuration.json")))
compose = yaml.safe_load(read("deploy/container/compose.yaml"))
kustomization = yaml.safe_load(read("deploy/container/kustomization.yaml"))
manifests = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((here / "kubernetes").glob("*.yaml"))}
by_kind = {one["kind"]: one for one in manifests.values()}
version = re.search(r"project\(huiyin VERSION (\S+?)[ )]", read("CMakeLists.txt"))[1]
port = int(configuration["listen"].rsplit(":", 1)[1])
secrets_read = {value.split("/")[-1] for value in re.findall(r'"file:(/run/secrets/\w+)"', read("deploy/container/configuration.json"))}


def stages():
    """The Dockerfile as [(name of the stage, [(instruction, rest)])]."""
    text = re.sub(r"(?m)^#.*\n", "", read("deploy/container/Dockerfile"))
    lines = [line.strip() for line in re.sub(r"\\\n", " ", text).splitlines() if line.strip()]
    found = []
    for line in lines:
        word, rest = line.split(None, 1)
        if word == "FROM":
            found.append((rest.split(" AS ")[1] if " AS " in rest else "", [(word, rest)]))
        elif found:
            found[-1][1].append((word, rest))
    return found


def same(got, wanted, what):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


def dockerfile():
    known = {"FROM", "SHELL", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    all_stages = stages()
    names = [name for name, _ in all_stages]
    base = re.search(r"(?m)^ARG DEBIAN=(\S+)$", read("deploy/container/Dockerfile"))[1]
    assert re.fullmatch(r"debian:bookworm\S*", base), f"the packages are Debian 12's: {base}"
    for _, steps in all_stages:
        for word, rest in steps:
            assert word in known, f"unknown: {word}"
            if word == "COPY":
                *sources, _ = [part for part in rest.split() if not part.startswith("--")]
                if "--from=" in rest:
                    assert re.search(r"--from=(\w+)", rest)[1] in names, rest
                else:
                    for source in sources:
                        assert (root / source).exists(), f"there is no {source}"
            if word == "RUN":
                assert "sudo" not in rest
                if "apt-get install" in rest or "apt-get " in rest and "install" in rest:
                    for part in ("apt-get update", " -y ", "--no-install-recommends", "rm -rf /var/lib/apt/lists"):
                        assert part in rest, f"{part} is missing: {rest}"
    last = dict(all_stages[-1][1])
    uid = last["USER"].split(":")[0]
    assert uid.isdigit() and uid != "0", "the last user has a number, and is not root"
    assert f"--uid {uid} " in last["RUN"]
    same(int(last["EXPOSE"]), port, "EXPOSE")
    assert f"http://127.0.0.1:{port}/" in last["HEALTHCHECK"]
    for word in ("ENTRYPOINT", "CMD"):
        assert isinstance(json.loads(last[word]), list)
    program, *rest = json.loads(last["ENTRYPOINT"]) + json.loads(last["CMD"])
    same(program, "/usr/local/bin/huiyin", "ENTRYPOINT")
    same(rest[0], "serve", "CMD")
    told = subprocess.run([root / "build/huiyin", "serve", "--help"], capture_output=True, text=True, check=True).stdout
    assert rest[1] in told, f"serve knows no {rest[1]}"
    ignored = read("deploy/container/Dockerfile.dockerignore").split()
    for path in ("tests", "templates", "CMakeLists.txt", "deploy", "channels"):
        assert path not in ignored, f"the build needs {path}"
    for path in ("secrets", "deploy/container/secrets", "deploy/container/tls", "build*", ".git"):
        assert path in ignored, f"{path} would come into the image"


def libraries():
    program = root / "build/huiyin"
    packages = subprocess.run([here / "libraries", program], capture_output=True, text=True, check=True).stdout.split()
    assert packages == sorted(set(packages)) and len(packages) > 20, packages
    for package in packages:
        assert re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", package), package
    needed = re.findall(r"NEEDED\s+(\S+)", subprocess.run(["objdump", "-p", program], capture_output=True, text=True, check=True).stdout)
    files = subprocess.run(["dpkg-query", "-L", *packages], capture_output=True, text=True, check=True).stdout
    for library in needed:
        assert f"/{library}\n" in files, f"no package for {library}"
    wrong = subprocess.run([here / "libraries", root / "README.md"], capture_output=True, text=True, check=False)
    assert wrong.returncode != 0


def composing():
    services, declared = compose["services"], compose.get("secrets", {})
    with tempfile.TemporaryDirectory() as folder:
        made(folder)
        before = {path.name: path.read_text(encoding="ascii") for path in Path(folder).iterdir()}
        made(folder)
        same({path.name: path.read_text(encoding="ascii") for path in Path(folder).iterdir()}, before, "a second time makes nothing new")
    same(set(declared), set(before), "secrets that prepare makes")
    for name, one in declared.items():
        same(one["file"], f"./secrets/{name}", name)
    assert before["database_password"].strip() in before["store"]
    for name in ("secret", "data_key", "metrics_token"):
        assert re.fullmatch(r"[0-9a-f]{64}\n", before[name]), name
    same(set(services), {"postgres", "huiyin", "nginx"}, "services")
    for name, one in services.items():
        assert re.search(r":[\w.-]+$", one["image"]) and not one["image"].endswith(":latest"), f"{name}: a version of its image"
        same(one["restart"], "unless-stopped", f"{name} restart")
        for other in one.get("depends_on", {}):
            assert other in services and (other == "huiyin" or "healthcheck" in services[other])
        for network in one["networks"]:
            assert network in compose["networks"], network
        for secret in one.get("secrets", []):
            assert secret in declared, secret
        for volume in one.get("volumes", []):
            source = volume.split(":")[0]
            if not source.startswith("."):
                assert source in compose["volumes"], source
            elif source not in ("./directory.json", "./tls"):  # the operator's own
                assert (here / source).exists(), source
        if one.get("read_only"):
            assert one.get("tmpfs"), f"{name} writes nowhere"
    service = services["huiyin"]
    same(set(service["secrets"]), secrets_read, "secrets of the service")
    same(service["deploy"]["replicas"], 2, "replicas")
    same(service["image"], f"huiyin:{version}", "image")
    same((here / service["build"]["context"]).resolve(), root, "context")
    assert (root / service["build"]["dockerfile"]).exists()
    mounted = dict(reversed(volume.split(":")[:2]) for volume in service["volumes"])
    same(mounted["/etc/huiyin/huiyin.json"], "./configuration.json", "configuration")
    assert configuration["directory"] in mounted and configuration["media"] in mounted
    same(configuration["trusted_proxies"], [compose["networks"]["outside"]["ipam"]["config"][0]["subnet"]], "trusted_proxies")
    assert "outside" in services["nginx"]["networks"] and "inside" not in services["nginx"]["networks"]
    assert compose["networks"]["inside"]["internal"] is True and services["postgres"]["networks"] == ["inside"]
    assert f"server huiyin:{port} " in read("deploy/container/upstream.conf")
    front = dict(reversed(volume.split(":")[:2]) for volume in services["nginx"]["volumes"])
    for path in re.findall(r"ssl_certificate\w* (\S+);", read("deploy/operating/nginx.conf")):
        assert str(Path(path).parent) in front, path
    assert {"/etc/nginx/conf.d/huiyin.conf", "/etc/nginx/conf.d/default.conf"} <= set(front)
    database = services["postgres"]["environment"]
    same(before["store"].split("@")[1].strip(), f"postgres/{database['POSTGRES_DB']}", "store")
    same(before["store"].split(":")[1], f"//{database['POSTGRES_USER']}", "store")
    assert "--encoding=UTF8" in database["POSTGRES_INITDB_ARGS"]
    same(services["postgres"]["environment"]["POSTGRES_PASSWORD_FILE"], "/run/secrets/database_password", "password")


# What each kind of Kubernetes may say, of what is said here: a word that is misspelt is none of these.
kinds = {
    "Namespace": ("v1", set()),
    "PersistentVolumeClaim": ("v1", {"accessModes", "resources", "storageClassName"}),
    "Deployment": ("apps/v1", {"replicas", "strategy", "selector", "template", "minReadySeconds"}),
    "Service": ("v1", {"selector", "ports", "type"}),
    "Ingress": ("networking.k8s.io/v1", {"ingressClassName", "tls", "rules"}),
    "PodDisruptionBudget": ("policy/v1", {"minAvailable", "selector"}),
    "NetworkPolicy": ("networking.k8s.io/v1", {"podSelector", "policyTypes", "ingress"}),
}
pod_words = {"automountServiceAccountToken", "terminationGracePeriodSeconds", "securityContext", "topologySpreadConstraints", "containers", "volumes"}
container_words = {"name", "image", "args", "ports", "startupProbe", "livenessProbe", "readinessProbe", "lifecycle", "resources", "securityContext", "volumeMounts"}
probe_words = {"httpGet", "periodSeconds", "timeoutSeconds", "failureThreshold", "initialDelaySeconds"}
security_words = {"runAsNonRoot", "runAsUser", "runAsGroup", "fsGroup", "fsGroupChangePolicy", "seccompProfile", "allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities"}


def kubernetes():
    for name, one in manifests.items():
        assert one["kind"] in kinds, f"{name}: {one['kind']}"
        api, words = kinds[one["kind"]]
        same(one["apiVersion"], api, f"{name} apiVersion")
        assert set(one) <= {"apiVersion", "kind", "metadata", "spec"}, f"{name}: {sorted(one)}"
        assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", one["metadata"]["name"]), name
        assert set(one.get("spec", {})) <= words, f"{name}: {sorted(set(one['spec']) - words)}"
        assert bool(words) == ("spec" in one), name
    same(set(by_kind), set(kinds), "kinds")
    same(sorted(kustomization["resources"]), sorted(f"kubernetes/{name}" for name in manifests), "resources")
    same(kustomization["namespace"], by_kind["Namespace"]["metadata"]["name"], "namespace")
    same(kustomization["images"], [{"name": "huiyin", "newTag": version}], "images")
    generated = kustomization["configMapGenerator"][0]
    same(generated["files"], ["huiyin.json=configuration.json", "directory.json"], "files")

    deployment = by_kind["Deployment"]["spec"]
    labels, pod = deployment["template"]["metadata"]["labels"], deployment["template"]["spec"]
    assert set(pod) == pod_words, set(pod) ^ pod_words
    (container,) = pod["containers"]
    assert set(container) == container_words, set(container) ^ container_words
    for selector in (deployment["selector"]["matchLabels"], by_kind["Service"]["spec"]["selector"], by_kind["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
                     by_kind["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"], pod["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"]):
        assert selector and selector.items() <= labels.items(), selector
    assert deployment["replicas"] >= 2 > by_kind["PodDisruptionBudget"]["spec"]["minAvailable"]
    same(container["ports"], [{"name": "http", "containerPort": port}], "ports")
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert set(container[probe]) <= probe_words, container[probe]
        same(container[probe]["httpGet"]["port"], "http", probe)
    same(container["readinessProbe"]["httpGet"]["path"], "/readyz", "ready means: the store can be written")
    same(container["livenessProbe"]["httpGet"]["path"], "/healthz", "a full disk is mended by no new start")
    # What is in hand has five seconds, and before that nobody is sent here any more.
    assert pod["terminationGracePeriodSeconds"] >= int(container["lifecycle"]["preStop"]["exec"]["command"][1]) + 15

    image_user = int(dict(stages()[-1][1])["USER"].split(":")[0])
    for word in ("runAsUser", "runAsGroup", "fsGroup"):
        same(pod["securityContext"][word], image_user, word)
    assert set(pod["securityContext"]) | set(container["securityContext"]) <= security_words
    inner = container["securityContext"]
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
    assert inner["readOnlyRootFilesystem"] and not inner["allowPrivilegeEscalation"] and inner["capabilities"] == {"drop": ["ALL"]}
    assert container["resources"]["limits"]["memory"] and container["resources"]["requests"]["cpu"]

    volumes = {one["name"]: one for one in pod["volumes"]}
    mounts = {one["mountPath"]: one["name"] for one in container["volumeMounts"]}
    same(set(mounts.values()), set(volumes), "volumes")
    same(volumes[mounts["/etc/huiyin"]]["configMap"]["name"], generated["name"], "configuration")
    same(container["args"], json.loads(dict(stages()[-1][1])["CMD"]), "args")
    same(str(Path(configuration["directory"]).parent), "/etc/huiyin", "directory")
    same({one["path"] for one in volumes[mounts["/run/secrets"]]["secret"]["items"]}, secrets_read, "secrets")
    same(volumes[mounts[configuration["media"]]]["persistentVolumeClaim"]["claimName"], by_kind["PersistentVolumeClaim"]["metadata"]["name"], "media")
    same(by_kind["PersistentVolumeClaim"]["spec"]["accessModes"], ["ReadWriteMany"], "media: all replicas see them")
    assert "/tmp" in mounts, "large uploads go to a file as they arrive"

    (service_port,) = by_kind["Service"]["spec"]["ports"]
    same(service_port["targetPort"], "http", "targetPort")
    (rule,) = by_kind["Ingress"]["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    same(path["backend"]["service"], {"name": by_kind["Service"]["metadata"]["name"], "port": {"name": service_port["name"]}}, "backend")
    same(by_kind["Ingress"]["spec"]["tls"][0]["hosts"], [rule["host"]], "hosts")
    same(configuration["public_url"], f"https://{rule['host']}", "public_url")
    site = read("deploy/operating/nginx.conf")
    notes = by_kind["Ingress"]["metadata"]["annotations"]
    assert f"client_max_body_size {notes['nginx.ingress.kubernetes.io/proxy-body-size']};" in site
    assert f"proxy_next_upstream {notes['nginx.ingress.kubernetes.io/proxy-next-upstream']};" in site
    for value in notes.values():
        assert isinstance(value, str), f"an annotation is a text: {value!r}"
    same(by_kind["NetworkPolicy"]["spec"]["ingress"][0]["ports"][0]["port"], "http", "port")


def main():
    passed = failed = 0
    for name, look in {
        "the image is built and run as its lines say": dockerfile,
        "the image has every library that the program needs": libraries,
        "compose: keys, networks, ports and files fit each other and the configuration": composing,
        "kubernetes: each manifest is one, and they fit each other and the configuration": kubernetes,
    }.items():
        try:
            look()
            passed += 1
            print(f"ok      {name}")
        except Exception as problem:  # pylint: disable=broad-except
            failed += 1
            print(f"FAILED  {name}\n        {type(problem).__name__}: {problem}")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return failed != 0


sys.exit(main())

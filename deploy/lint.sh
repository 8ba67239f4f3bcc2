#!/usr/bin/env bash
# What is deployed and cannot be run here is read by the tools of its kind: the Dockerfile by hadolint, the Kubernetes manifests by
# the schemas of Kubernetes, every YAML by yamllint, the compose file by docker-compose. The first three come from PyPI, pinned,
# into var/lint; the last is used where it is installed. What cannot be had is said, and not checked.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$PWD/var/lint
kubernetes=1.30 # the version that docs/deploy.md names

say() { printf 'deploy-lint: %s\n' "$*" >&2; }

if ! cmp -s deploy/lint-requirements.txt "$venv/requirements.txt"; then
    rm -rf "$venv"
    if ! { python3 -m venv "$venv" && "$venv/bin/pip" install -q -r deploy/lint-requirements.txt; } >/dev/null 2>&1; then
        say 'python3 with venv, or PyPI, cannot be had: Dockerfile and manifests were not checked'
        rm -rf "$venv"
        exit 0
    fi
    cp deploy/lint-requirements.txt "$venv/requirements.txt"
fi
"$venv/bin/yamllint" --strict -c deploy/yamllint.yml deploy
"$venv/bin/hadolint" -c deploy/docker/.hadolint.yaml deploy/docker/Dockerfile
# keda.yaml holds resources of KEDA, for which Kubernetes has no schema: yamllint alone has read it.
"$venv/bin/kubernetes-validate" --strict --quiet -k "$kubernetes" deploy/kubernetes/makegood.yaml
if command -v docker-compose >/dev/null; then
    docker-compose -f deploy/docker/compose.yml config --quiet
elif docker compose version >/dev/null 2>&1; then
    docker compose -f deploy/docker/compose.yml config --quiet
else
    say 'docker compose is not installed: the compose file was read by yamllint alone'
fi

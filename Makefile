# `make` alone lists the targets. Services for tests and the demo come from deploy/services.sh.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

CARGO ?= cargo
# cargo-deny is not part of a Rust installation: the one on PATH, else one of our own (built once, about 2 minutes).
DENY_VERSION := 0.20.2
DENY := $(or $(shell command -v cargo-deny 2>/dev/null),var/tools/bin/cargo-deny)
SHELL_SCRIPTS := deploy/services.sh deploy/lint.sh deploy/reproduce.sh .ci/run fuzz/run.sh benches/setup.sh benches/partitions.sh benches/retention.sh
# Tools that make what is shipped: each built once, into var/tools (about 3 minutes each).
TOOL = $(or $(shell command -v $(1) 2>/dev/null),var/tools/bin/$(1))

.PHONY: help build build-release deb man sbom third-party reproduce deploy-lint demo test chaos services services-stop lint fmt deny shell-lint fuzz fuzz-keep bench bench-micro bench-million bench-drain bench-answers bench-audit bench-partitions bench-retention clean

help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1 \t\2/p' $(MAKEFILE_LIST) | expand -t 24

build: ## build the program (debug)
	$(CARGO) build --locked

build-release: ## the program as it is shipped, target/release/makegood: the same bytes from the same sources, wherever they lie
	deploy/reproduce.sh build

man: build ## manual pages and completions, into target/man and target/completions
	@mkdir -p target/man target/completions
	target/debug/makegood man --into target/man >/dev/null
	target/debug/makegood completions bash >target/completions/makegood.bash
	target/debug/makegood completions zsh >target/completions/_makegood
	target/debug/makegood completions fish >target/completions/makegood.fish

deb: build-release man $(call TOOL,cargo-deb) ## a Debian package, into target/debian
	PATH="$(CURDIR)/var/tools/bin:$$PATH" $(CARGO) deb --no-build --locked --strip

sbom: $(call TOOL,cargo-cyclonedx) ## what the program is built from, as CycloneDX: target/makegood.cdx.json
	PATH="$(CURDIR)/var/tools/bin:$$PATH" $(CARGO) cyclonedx --format json --spec-version 1.5 --override-filename makegood.cdx
	@mkdir -p target && mv makegood.cdx.json target/makegood.cdx.json

third-party: $(call TOOL,cargo-about) ## the licences of what is linked in, into THIRD-PARTY.md
	PATH="$(CURDIR)/var/tools/bin:$$PATH" $(CARGO) about generate --frozen --fail -c deploy/about.toml -o THIRD-PARTY.md deploy/about.hbs

reproduce: ## builds the program once more, in another place, and compares the bytes (ten minutes or twice that)
	deploy/reproduce.sh compare

demo: build ## the main job on a small marketplace, with a real RabbitMQ where one can be had
	@if [[ -n "$${MAKEGOOD_DEMO_AMQP:-}" ]]; then $(CARGO) run --locked -q -- demo $(ARGS); \
	else deploy/services.sh run --or-without rabbitmq -- $(CARGO) run --locked -q -- demo $(ARGS); fi

test: ## every test, on RabbitMQ, PostgreSQL and Chromium; stops what it started (ARGS="--test it NAME" for some)
	deploy/services.sh run -- $(CARGO) test --locked --features failpoints $(ARGS)

chaos: ## every fault under load, on services of its own; one JSON verdict (ARGS="--seed 7 --scale short --only cuts")
	@$(CARGO) test --locked --features failpoints --test chaos -- $(ARGS)

services: ## start RabbitMQ and PostgreSQL (and install Chromium) and leave them running: `make test` is quicker then
	@deploy/services.sh start

services-stop: ## stop what `make services` started
	@deploy/services.sh stop

bench: ## every workload beside its limits and a peer, medians of five: three quarters of an hour (MAKEGOOD_BENCH_SCALE=0.05 MAKEGOOD_BENCH_RUNS=1 to try it)
	eval "$$(benches/setup.sh)" && deploy/services.sh run rabbitmq postgres -- $(CARGO) bench --locked --bench workloads

bench-micro: ## decode, decide, render, compose, apply: time and allocations of each (ARGS="render" for some)
	$(CARGO) bench --locked --bench micro -- $(ARGS)

bench-million: ## a suspension over 1,000,000 proposals, killed on the way (MAKEGOOD_BENCH_PROPOSALS=20000 to try it)
	deploy/services.sh run rabbitmq postgres -- $(CARGO) bench --locked --bench million

bench-drain: ## 20,000 events out of a full queue, beside the queue alone (MAKEGOOD_BENCH_EVENTS=1000 to try it)
	deploy/services.sh run rabbitmq postgres -- $(CARGO) bench --locked --bench drain

bench-answers: ## how long `makegood explain` takes at 1,000,000 proposals, on both databases (MAKEGOOD_BENCH_PROPOSALS=20000 to try it)
	deploy/services.sh run postgres -- $(CARGO) bench --locked --bench answers

bench-audit: ## a whole audit over 1,000,000 proposals while events arrive (MAKEGOOD_BENCH_PROPOSALS=20000 to try it)
	deploy/services.sh run rabbitmq postgres -- $(CARGO) bench --locked --bench audit

bench-partitions: ## what looking into partitions by month would cost every event, beside one table
	deploy/services.sh run postgres -- benches/partitions.sh

bench-retention: ## what archiving, dropping a month and purging take at 1,000,000 proposals (MAKEGOOD_BENCH_PROPOSALS=20000 to try it)
	deploy/services.sh run postgres -- benches/retention.sh

fuzz: ## every fuzz target for FUZZ_SECONDS=120, coverage-guided, on the stable toolchain (ARGS="event smtp" for some)
	CARGO="$(CARGO)" fuzz/run.sh $(ARGS)

fuzz-keep: ## take into fuzz/corpus what `make fuzz` found that reaches new code (ARGS="event" for some)
	CARGO="$(CARGO)" fuzz/run.sh keep $(ARGS)

lint: deny shell-lint deploy-lint ## formatting, clippy, documentation, dependencies, scripts, the house's own rules
	$(CARGO) fmt --check
	$(CARGO) fmt --check --manifest-path fuzz/Cargo.toml
	$(CARGO) metadata --locked --format-version 1 --manifest-path fuzz/Cargo.toml >/dev/null
	$(CARGO) clippy --locked --all-targets --test chaos --all-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps --document-private-items
	$(CARGO) test --locked --all-features --test it -- house::tidy

fmt: ## format the sources
	$(CARGO) fmt
	$(CARGO) fmt --manifest-path fuzz/Cargo.toml

# The advisory database lives on github.com: where that cannot be reached, the rest is checked all the same.
deny: $(DENY) ## licences, bans, sources and, where the database can be fetched, advisories
	$(DENY) --locked --log-level error check bans licenses sources
	$(DENY) --locked --log-level error --manifest-path fuzz/Cargo.toml --config deny.toml check bans licenses sources
	@if timeout 60 $(DENY) --log-level off fetch db >/dev/null 2>&1; then \
		$(DENY) --locked --log-level error check advisories; \
	else echo "deny: the advisory database cannot be fetched here: advisories were not checked" >&2; fi

var/tools/bin/cargo-deny:
	$(CARGO) install cargo-deny --version $(DENY_VERSION) --locked --debug --root var/tools --target-dir var/tools/target
	rm -rf var/tools/target

shell-lint:
	@if command -v shellcheck >/dev/null; then shellcheck $(SHELL_SCRIPTS); \
	else echo "lint: shellcheck is not installed: scripts were not checked" >&2; fi

deploy-lint: ## the Dockerfile, the manifests and the compose file, by tools of their kind
	deploy/lint.sh

# Built without optimisation, as cargo-deny is; but cargo-about reads every file of every crate.
var/tools/bin/cargo-deb var/tools/bin/cargo-cyclonedx: PROFILE := --debug
var/tools/bin/cargo-deb: VERSION := 3.8.0
var/tools/bin/cargo-cyclonedx: VERSION := 0.5.9
var/tools/bin/cargo-about: VERSION := 0.9.3
var/tools/bin/cargo-about: FEATURES := --features cli
var/tools/bin/cargo-deb var/tools/bin/cargo-cyclonedx var/tools/bin/cargo-about:
	$(CARGO) install $(notdir $@) --version $(VERSION) $(FEATURES) --locked $(PROFILE) --root var/tools --target-dir var/tools/target

clean: services-stop ## stop the services, remove what was built
	$(CARGO) clean
	rm -rf var

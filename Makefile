# Each target is a line or two of the real tool, so that you can also type it yourself.
# Needs Rust, Python 3 and make; everything else is installed into .tools/, nothing globally.

FUNCTIONS := ingest_messages daily_summary get_memories people sync_messages interactions respond
# What `make build` builds for: arm64 or x86_64. `make deploy` builds for the parameter Architecture of template.yaml.
ARCH ?= arm64
# And how it packs them: binary or zip.
FORMAT ?= binary
# How fast the model of `make bench` is: SCALE=1 for real seconds.
SCALE ?= 0.1
HOST := $(shell uname -m)-unknown-linux-gnu

# cargo finds `cargo lambda` on the PATH, and cargo-lambda finds its cross compiler there.
export PATH := $(CURDIR)/.tools/bin:$(PATH)
export SAM_CLI_TELEMETRY ?= 0

.PHONY: help demo watch pictures test test-aws format template lint docs bench live build deploy tools rust aws
.DEFAULT_GOAL := help

help: ## lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo: rust tools ## loads the sample week and shows what it knows about its people; stops what it started (ALL=1 shows everything)
	cargo run -p local-cloud -- demo $(if $(ALL),--all) $(ARGS)

watch: rust tools ## the local cloud and `cargo lambda watch`, until Ctrl-C (ARGS="--port 8010" for other ports)
	cargo run -p local-cloud -- watch $(ARGS)

pictures: rust tools ## draws what people see in Discord, from the demo's week, for the README
	cargo run -p local-cloud -- pictures

test: format template lint tools ## everything CI checks, what fails soonest first: format, template, lint, all tests
	cargo test --workspace

test-aws: rust ## the tests of the store on AWS's own engine, DynamoDB Local (needs Java and npm)
	scripts/with-dynamodb-local cargo test --workspace --test shared -- store_contract:: bad_days:: sync::

format: rust
	cargo fmt --all --check

template: tools
	.tools/bin/sam validate --lint --region us-east-1

lint: format ## format, clippy, and documentation without warnings
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --lib --examples --bin forwarder # with what clippy has read

docs: rust ## writes what the documents have from the code: tables between markers, the picture of the rooms
	cargo run -q -p house -- write

bench: rust tools ## measures what is promised about speed, on Linux (SCALE=1 takes real seconds, and draws the picture of README)
	cargo lambda build --release --target $(HOST) --output-format zip --lambda-dir target/bench/zip $(addprefix -p ,$(FUNCTIONS))
	CARGO_PROFILE_RELEASE_OPT_LEVEL=3 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
		cargo run --release -p bench -- --scale $(SCALE) --binaries target/$(HOST)/release --zips target/bench/zip

live: rust ## asks each configured model for real (GEMINI_API_KEY, or openai: models and OPENAI_BASE_URL, or bedrock: models)
	cargo run -q -p live

build: rust tools ## release binaries of all functions, in target/lambda/ (ARCH=x86_64 for Intel)
	cargo lambda build --release --$(subst _,-,$(ARCH)) --output-format $(FORMAT) $(addprefix -p ,$(FUNCTIONS))

deploy: aws rust tools ## to the AWS account and region of your profile; shows the changes and asks first
	.tools/bin/sam build
	.tools/bin/sam deploy

tools: .tools/installed ## installs what tools.txt names into .tools/, once

# What a long build would find missing at its end is looked for before.
rust aws:
	@scripts/needs $@

.tools/installed: tools.txt
	@scripts/needs python
	@python3 -m venv .tools || { echo "make: this needs Python's venv module (Debian, Ubuntu: apt install python3-venv)" >&2; exit 1; }
	@.tools/bin/python3 -m pip install --quiet --disable-pip-version-check -r tools.txt || { echo "make: the tools of tools.txt could not be installed into .tools/; pip says above why. Is there a network?" >&2; exit 1; }
	@touch $@

# The ways in, for people and for CI. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

SITE ?= examples/lab
NODE ?=
ISO ?=
FUZZ ?= 10m
PART ?=
# Maven's own libraries use what the JDK warns of; its warnings are not the user's.
MVN = JAVA_HOME=$$(src/build/find-jdk.sh) MAVEN_OPTS=--sun-misc-unsafe-memory-access=allow mvn -B --no-transfer-progress

# A network namespace needs root; the machines and what they install stay in target/.
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo sudo --preserve-env=JAVA_HOME,BARESTACK_ACCEL,IMPORT_OPTIONS,FIRMWARE,MINUTES)

.PHONY: help
help: ## this list
	@awk -F ' *## *' '/^[a-z-]+:.*##/ { sub(/:.*/, "", $$1); \
	  printf "  make %-36s %s\n", $$1 (NF > 2 ? " " $$2 : ""), $$NF }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## two blank virtual machines install themselves, here, in minutes
	@src/build/prerequisites.sh demo
	@$(AS_ROOT) ./barestack rehearse --site examples/lab --stand-in

.PHONY: serve
serve: ## SITE=DIR ## way in 1: boot and install a site's machines over the network (root)
	@./barestack serve --site $(SITE)

.PHONY: render-kickstart
render-kickstart: ## NODE=kvm1 ## way in 2: print the kickstart that a node will be served
	@$(if $(NODE),,echo "make render-kickstart: say which node: NODE=kvm1" >&2; exit 2)
	@./barestack render-kickstart --site $(SITE) $(NODE)

.PHONY: iso
iso: ## NODE=kvm1 ISO=FILE ## way in 3: make a bootable medium for a node, out of Rocky's image
	@$(if $(NODE),,echo "make iso: say which node: NODE=kvm1" >&2; exit 2)
	@$(if $(ISO),,echo "make iso: say which image of Rocky Linux: ISO=Rocky-9.7-x86_64-dvd.iso" >&2; exit 2)
	@./barestack build-iso --site $(SITE) $(NODE) --from $(ISO) -o target/$(NODE).iso

.PHONY: validate
validate: ## SITE=DIR ## check a site: all its problems at once
	@./barestack validate --site $(SITE)

.PHONY: build
build: ## compile and package, without tests
	@src/build/prerequisites.sh build
	@$(MVN) -q -Dmaven.test.skip=true -Dspotless.check.skip=true package

.PHONY: acceptance
acceptance: ## ISO=FILE ## whole installs of both roles from real Rocky media, with a report
	@src/build/prerequisites.sh demo
	@$(AS_ROOT) src/build/acceptance.sh $(ISO)

.PHONY: test
test: ## everything, from unit tests to machines that boot in QEMU
	@src/build/prerequisites.sh test
	$(MVN) verify

.PHONY: test-all
test-all: ## the same with every combination of firmware and mode
	@src/build/prerequisites.sh test
	$(MVN) verify -Dmatrix=full

.PHONY: bench
bench: ## PART=storm ## measure it beside what others use, and write docs/performance.md
	@src/build/prerequisites.sh test
	@$(AS_ROOT) src/build/bench.sh $(PART)

.PHONY: fuzz
fuzz: ## FUZZ=10m ## look for inputs that break a reader, for that long each kind
	@src/build/prerequisites.sh test
	@src/build/fuzz.sh $(FUZZ)

.PHONY: format
format: ## format the code
	$(MVN) -q spotless:apply

.PHONY: clean
clean: ## remove what was built
	rm -rf target

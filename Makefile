# The two commands: `make demo` sets up all it needs and shows the main job; `make test` sets up all it needs and
# passes the tests. Variables typed on make's command line reach the recipes through the environment, so that no
# name in them is read by the shell; and as they were typed, so that make itself runs no $(shell) in them.
override FILE := $(value FILE)
override TARGET := $(value TARGET)
override FORCE := $(value FORCE)
override ARGS := $(value ARGS)
export FILE TARGET FORCE ARGS

# The project brings its own Node 24; an older one on the machine is enough to install it.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# Compiled code is kept for the next start, which takes half as long then.
export NODE_COMPILE_CACHE := $(CURDIR)/node_modules/.cache/compiled
tool := node src/main.ts
installed := node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help db-backup db-restore db-backup-list db-verify demo test soak bench

help: ## Show these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

db-backup: $(installed) ## Back up the database [TARGET=docker]
	@$(tool) backup $${TARGET:+--target "$$TARGET"}

db-restore: $(installed) ## Put a backup back: FILE=backups/… [TARGET=docker] [FORCE=1]
	@test -n "$$FILE" || { echo 'usage: make db-restore FILE=backups/NAME.sql.gz [TARGET=docker] [FORCE=1]' >&2; exit 2; }
	@$(tool) restore $${TARGET:+--target "$$TARGET"} $${FORCE:+--force} -- "$$FILE"

db-backup-list: $(installed) ## List the backups of all targets
	@$(tool) list --all-targets

db-verify: $(installed) ## Prove a backup by a scratch restore: FILE=backups/… [TARGET=docker]
	@test -n "$$FILE" || { echo 'usage: make db-verify FILE=backups/NAME.sql.gz [TARGET=docker]' >&2; exit 2; }
	@$(tool) verify $${TARGET:+--target "$$TARGET"} -- "$$FILE"

demo: $(installed) ## Back up, damage and restore a sample database
	@node demo/demo.ts

test: $(installed) ## Check and test everything, against real servers and containers
	@npm run --silent check
	@node test/run.ts

soak: $(installed) ## The long proofs, such as two hundred kills
	@node test/run.ts --soak

bench: $(installed) ## Measure speed and memory beside pg_dump, psql and the old script [ARGS='--mb 200 --repeat 3']
	@node bench/run.ts $$ARGS

$(installed): package.json package-lock.json
	npm ci --no-fund --no-audit
	@touch $@

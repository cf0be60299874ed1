# cinfra: one Makefile for everything.  `make help` lists the targets.
#
# Useful variables:
#   V=1                          print the commands
#   CC=clang                     another compiler
#   SANITIZE=address,undefined   (or thread) a build of its own under build/
#   BUILD=dir                    another build directory
#   CI=1                         warnings are errors
#   T=pattern                    only the tests that match: a glob for the
#                                unit tests, pytest's -k for the others
#   J=2                          tests that run at once
#   SECONDS=60                   how long `make fuzz` runs each target
#   SRC='src/base/*.c' TEST_SRC=tests/unit/test_str.c
#                                unit tests of a part alone

MAKEFLAGS += -r --no-print-directory
.DELETE_ON_ERROR:
.SUFFIXES:

CC ?= cc
PREFIX ?= /usr/local
BUILD ?= build
T ?=
J ?= 2

comma := ,
ifneq ($(SANITIZE),)
override BUILD := $(BUILD)/$(subst $(comma),-,$(SANITIZE))
endif

GEN := $(BUILD)/gen
BIN := $(BUILD)/cinfra
UNIT := $(BUILD)/unit
VENV := .venv

# Sources: every directory by wildcard, so that adding a file is all there is
# to do.
SRC := src/*.c src/*/*.c providers/aws/*.c providers/aws/types/*.c providers/aws/kinds/*.c
TEST_SRC := tests/unit/*.c

TYPES := $(sort $(wildcard providers/aws/types/*.c))
KINDS := $(sort $(wildcard providers/aws/kinds/*.c))
SRCS := $(sort $(wildcard $(SRC)))
TEST_SRCS := $(sort $(wildcard tests/unit/main.c $(TEST_SRC)))
# The registry belongs to the whole program, not to a part (SRC=…) of it.
GEN_SRCS := $(if $(wildcard providers/aws/registry.h),$(if $(filter src/main.c,$(SRCS)),$(GEN)/registry.c))

OBJS := $(SRCS:%.c=$(BUILD)/obj/%.o) $(GEN_SRCS:$(GEN)/%.c=$(BUILD)/obj/gen/%.o)
TEST_OBJS := $(TEST_SRCS:%.c=$(BUILD)/obj/%.o)
LIB_OBJS := $(filter-out $(BUILD)/obj/src/main.o,$(OBJS))

# Flags.  CFLAGS, CPPFLAGS and LDFLAGS stay the user's; ours come first.
PKGS := libcurl openssl yaml-0.1 jansson expat libzip
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null)

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	-Wwrite-strings -Wformat=2 -Werror=implicit-function-declaration
HARDEN := -fstack-protector-strong -fPIE
# gcc warns wrongly of code that the sanitizers have changed.
ifneq ($(if $(SANITIZE),,$(CI)),)
WARNINGS += -Werror
endif
ifneq ($(SANITIZE),)
SANITIZERS := -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all
else
HARDEN += -D_FORTIFY_SOURCE=2
endif

ALL_CPPFLAGS := -D_GNU_SOURCE -Isrc -I. -I$(GEN) $(PKG_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS := -std=gnu11 $(WARNINGS) $(HARDEN) -pthread $(SANITIZERS) $(CFLAGS)
ALL_LDFLAGS := -pie -Wl,-z,relro,-z,now -pthread $(SANITIZERS) $(LDFLAGS)
ALL_LIBS := $(PKG_LIBS) -lm

# Quiet rules: `$(call say,CC)` prints one short line unless V=1.
ifeq ($(V),)
Q := @
say = @printf '  %-8s %s\n' '$(1)' '$@';
endif

# --- build ---

.PHONY: all
all: $(BIN)

$(BIN): $(OBJS) $(BUILD)/flags
	$(call say,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $(OBJS) $(ALL_LIBS)

$(UNIT): $(TEST_OBJS) $(LIB_OBJS) $(BUILD)/flags
	$(call say,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $(TEST_OBJS) $(LIB_OBJS) -lcmocka $(ALL_LIBS)

$(BUILD)/obj/%.o: %.c $(BUILD)/flags | $(GEN)/version.h
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/gen/%.o: $(GEN)/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Files that are looked at on every run and rewritten only when they change.
.PHONY: FORCE
FORCE:

$(BUILD)/flags: FORCE
	@pkg-config --exists --print-errors $(PKGS) || { echo "libraries are missing: run 'make deps'" >&2; exit 1; }
	@tools/update-file $@ '$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(ALL_LIBS)'

$(GEN)/version.h: FORCE
	@tools/update-file $@ "#define CINFRA_VERSION \"$$(tools/version)\""

$(GEN)/registry.c: FORCE
	@tools/update-file $@ "$$(tools/registry type $(TYPES) kind $(KINDS))"

-include $(OBJS:.o=.d) $(TEST_OBJS:.o=.d)

compile_commands.json: FORCE
	@tools/compile-commands '$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS)' $(SRCS) $(TEST_SRCS) >$@.tmp
	@tools/update-file $@ "$$(cat $@.tmp)"; rm $@.tmp

# For the commands that are meant to be typed as they are: all cores, unless -j says how many.
ALL_CORES = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))

# --- dependencies ---

.PHONY: deps venv
deps:
	@tools/deps

venv: $(VENV)/stamp

$(VENV)/stamp: tests/requirements.txt
	@tools/deps --venv

# --- tests ---
#
# A suite is a directory under tests/.  tools/run-tests runs suites, prints
# what failed and ends with the line "N passed, N failed".

# Every directory with a test_*.py is one; those named here must be there.
SUITES := unit support generated plan diag sigv4 wire audit e2e
SUITES += $(filter-out $(SUITES) support_test lint unit,$(sort $(patsubst tests/%/,%,$(dir $(wildcard tests/*/test_*.py)))))
FAST_SUITES := unit plan diag wire torture
RUN_TESTS = tools/run-tests --build $(BUILD) --jobs $(J) $(if $(T),--match '$(T)')

# The second make sees what `deps` has installed.
.PHONY: check check-all
check: deps
	@$(MAKE) $(ALL_CORES) check-all

check-all: $(BIN) $(UNIT) $(VENV)/stamp
	$(Q)$(RUN_TESTS) $(SUITES)

# What the sanitizer builds run: little of the end-to-end tests.
.PHONY: check-fast check-threads
check-fast: $(BIN) $(UNIT) $(VENV)/stamp
	$(Q)$(RUN_TESTS) --mark fast $(FAST_SUITES) e2e

check-threads: $(BIN) $(UNIT) $(VENV)/stamp
	$(Q)$(RUN_TESTS) --mark threads unit e2e

.PHONY: check-unit check-support
check-unit: $(UNIT)
	$(Q)$(RUN_TESTS) unit

# Plan cases are run by the unit tests' program, and so are many writers of one state in S3.
check-plan check-e2e: $(UNIT)

check-support: $(VENV)/stamp
	$(Q)$(RUN_TESTS) support

# Preloaded into the binary: the n-th operation on files, or allocation, fails.  A sample of the
# points is in `check`; all of them take about an hour.
SHIM := $(BUILD)/torture/shim.so
$(SHIM): tests/torture/shim.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,LD)$(CC) -D_GNU_SOURCE -std=gnu11 $(WARNINGS) -O2 -g $(if $(findstring address,$(SANITIZE)),-DTORTURE_ADDRESS) -shared -fPIC -o $@ $<

check-all check-fast check-torture: $(SHIM)
check-torture: export TORTURE_ALL = 1

check-%: $(BIN) $(VENV)/stamp FORCE
	$(Q)$(RUN_TESTS) $*

# --- fuzzing: clang's libFuzzer, one target per tests/fuzz/NAME.c ---
#
# `make fuzz` runs each over its corpus, then SECONDS more; T=name picks one.
SECONDS ?= 60
FUZZ := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(sort $(wildcard tests/fuzz/*.c)))
FUZZ_OBJS := $(FUZZ:$(BUILD)/fuzz/%=$(BUILD)/obj/tests/fuzz/%.o)

.PHONY: fuzz fuzz-run
fuzz:
	@$(MAKE) fuzz-run CC=clang SANITIZE=fuzzer-no-link,address,undefined

fuzz-run: $(FUZZ)
	$(Q)tests/fuzz/run --build $(BUILD) --seconds $(SECONDS) $(T)

# From an archive, so that a target may have a function of its own in place of a file's.
$(BUILD)/cinfra.a: $(LIB_OBJS)
	$(call say,AR)rm -f $@; ar rcs $@ $(LIB_OBJS)

$(FUZZ): $(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/cinfra.a $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $(ALL_LDFLAGS) -o $@ $< $(BUILD)/cinfra.a $(ALL_LIBS)

-include $(FUZZ_OBJS:.o=.d)

# All fault sweeps, in two labs a core, as they wait a lot; `make check-fault T=kill/hello` tries what
# begins so.
.PHONY: check-fault
check-fault: $(BIN) $(VENV)/stamp
	$(Q)CINFRA=$(abspath $(BIN)) PYTHONPATH=tests PYTHONDONTWRITEBYTECODE=1 \
		$(VENV)/bin/python -m fault --jobs $$((2 * $(J))) --keep $(BUILD)/fault $(T)

.PHONY: bench demo
bench: deps
	@$(MAKE) $(ALL_CORES) all
	$(Q)$(VENV)/bin/python tests/bench/bench.py --binary $(BIN) $(BENCH_ARGS)

demo: deps
	@$(MAKE) $(ALL_CORES) all
	$(Q)$(VENV)/bin/python tools/demo.py --binary $(BIN)

# The state protocol, explored whole; and each of its rules taken away.
.PHONY: check-model
check-model:
	$(Q)python3 tests/model/check.py

# --- lint ---

.PHONY: lint format
lint: $(GEN)/version.h $(GEN)/registry.c compile_commands.json
	$(Q)PKG_CFLAGS='$(PKG_CFLAGS)' tools/lint/run

format:
	$(Q)tools/lint/format --fix

# --- generated files that are checked in: schemas/, docs/ ---

.PHONY: generate type
generate: $(BIN) $(VENV)/stamp
	$(Q)$(VENV)/bin/python tools/generate.py --binary $(BIN)

type: $(VENV)/stamp
	$(Q)$(VENV)/bin/python tools/new-type.py $(T)

# --- install ---

.PHONY: install uninstall clean
SHARE := $(DESTDIR)$(PREFIX)/share
MAN := $(wildcard docs/cinfra.1)
SCHEMAS := $(wildcard schemas/*.json)

install: $(BIN)
	install -D -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin/cinfra
	$(if $(MAN),install -D -m 644 $(MAN) $(SHARE)/man/man1/cinfra.1)
	$(if $(SCHEMAS),install -D -m 644 -t $(SHARE)/cinfra/schemas $(SCHEMAS))

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/cinfra $(SHARE)/man/man1/cinfra.1
	rm -rf $(SHARE)/cinfra

clean:
	rm -rf $(BUILD) compile_commands.json

.PHONY: help
help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile
	@echo
	@echo 'Targets:'
	@sed -n 's/^\.PHONY: //p' Makefile | tr ' ' '\n' | grep -v FORCE | sort | paste -sd' ' | fold -s -w 72
	@echo 'and check-SUITE, one of: $(SUITES)'

# SPDX-License-Identifier: GPL-2.0-or-later
#
#   make            both programs: build/vfio-early-boot (static), build/vfio-early
#   make demo       an emulated machine that reserves its GPU; installs what it needs
#   make check      all tests; installs what they need. make check-quick: without the distributions
#   make bench      measure the boot program in an emulated machine
#   make install    DESTDIR= PREFIX=/usr
#   make ARCH=aarch64   both programs for Arm, in build/aarch64 (Debian's gcc-aarch64-linux-gnu)
#
#   V=1 shows the commands; STATIC_LIBC=glibc links the boot program to glibc instead of musl;
#   STATIC_SOURCES=DIR names source trees where there is no apt (static/fetch-sources).

VERSION := $(file <VERSION)
PREFIX  ?= /usr
DESTDIR ?=
CPPFLAGS ?= -D_FORTIFY_SOURCE=2
CFLAGS  ?= -O2 -g
LDFLAGS ?= -Wl,-z,relro -Wl,-z,now
WERROR  ?= -Werror
CLANG   ?= clang
BUILD   ?= build

include static/toolchain.mk
ifeq ($(origin CC),default)
CC      := $(strip $(CROSS)gcc $(CROSS_ROOT:%=--sysroot=%))
endif

# ---- which room belongs to which program; there is no #ifdef in the sources ----

# src/README.md is the map of the rooms: what each is for and what it may use.
BOOT_ROOMS := base model read plan report apply boot
COMPANION_ROOMS := base model read plan report apply survey image check capture guest companion

# Each program is all files of its rooms; what neither uses is dropped when it is linked.
# Sorted, because make's own order of a wildcard is that of the locale.
sources = $(foreach r,$1,$(sort $(wildcard src/$r/*.c)))
BOOT := $(patsubst src/%.c,%,$(call sources,$(BOOT_ROOMS)))
COMPANION := $(patsubst src/%.c,%,$(call sources,$(COMPANION_ROOMS)))
MAINS := boot/main companion/main
# What is linked as it is and is in no archive of the tests
ALONE := $(MAINS) boot/malloc

# ---- flags ----

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 \
	-Wswitch-enum -Wconversion -Wpointer-arith -Wwrite-strings -Wundef -Wdate-time
BASE := -std=gnu11 -D_GNU_SOURCE -DVFIO_EARLY_VERSION='"$(VERSION)"' $(WARNINGS) $(WERROR) \
	-Isrc -I$(or $(wildcard static/$(MACHINE)),static/other) -ffile-prefix-map=$(CURDIR)=. -MMD -MP
# What gcc can prove to fit it cannot prove once its sanitizers are in between; the plain objects
# are compiled with these two warnings.
SANITIZE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all -Wno-conversion -Wno-sign-conversion
# The companion loads these when a mode needs them (companion/library.h); the rest is linked.
LOADED := kmod archive xml2
LDLIBS_LINKED := -lpci -lblkid -ljansson -lsystemd -lhwloc
LDLIBS := $(LDLIBS_LINKED) $(LOADED:%=-l%)

Q := $(if $(V),,@)
MAKEFLAGS += --no-builtin-rules
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif

all: $(BUILD)/vfio-early-boot $(BUILD)/vfio-early
static: $(BUILD)/vfio-early-boot
.PHONY: all static objects linked man demo bench coverage soak check check-quick aarch64 deps install uninstall deb dist clean FORCE
.DELETE_ON_ERROR:
.SECONDARY:

# ---- sources of the libraries that are compiled here ----

PACKAGES := jansson kmod libzstd pciutils util-linux xz-utils zlib

# Changes only when the place to take them from does.
$(SOURCES)/origin: FORCE
	@mkdir -p $(@D)
	@echo '$(STATIC_SOURCES)' | cmp -s - $@ || echo '$(STATIC_SOURCES)' >$@

ifneq ($(ARCH),)
# What a program for another machine is compiled and linked with; the tool knows whether it is there.
cross-root:
	$(Q)tools/cross-root $(DEBIAN_$(ARCH)) $(CROSS_ROOT)
.PHONY: cross-root
endif

$(SOURCES)/versions: static/fetch-sources static/sources.sha256 $(SOURCES)/origin $(CROSS_ROOT:%=| cross-root)
	@echo '  FETCH   $(PACKAGES)'
	$(Q)STATIC_SOURCES='$(STATIC_SOURCES)' static/fetch-sources $(SOURCES) $(PACKAGES)
	@touch $@

$(STATIC_BUILD)/libraries: static/static.mk static/toolchain.mk static/kmod-compat.h \
		static/util-linux-config.h static/musl-specs.sed $(STATIC_BUILD)/src/flags \
		$(wildcard static/*.c static/*/*.c) $(SOURCES)/versions
	$(Q)$(MAKE) -f static/static.mk --no-print-directory
	@touch $@

# ---- objects: one directory for each way to compile ----

# $(call objects,DIRECTORY,COMPILER,FLAGS,PREREQUISITE,ARGUMENTS OF static/built-with)
# With other flags than last time everything is compiled again.
define objects
$1/flags: FORCE
	@mkdir -p $$(@D)
	@echo '$2 $3 $$(WERROR)' | cmp -s - $$@ || echo '$2 $3 $$(WERROR)' >$$@
$1/%.o: src/%.c Makefile VERSION static/toolchain.mk $1/flags $4
	@mkdir -p $$(@D)
	@echo '  CC      $$@'
	$$(Q)$2 $(BASE) $3 $$(FLAGS_$$(notdir $$*)) -c -o $$@ $$<
$1/%.o: tests/%.c Makefile $1/flags
	@mkdir -p $$(@D)
	@echo '  CC      $$@'
	$$(Q)$2 $(BASE) $3 -Itests -c -o $$@ $$<
$1/built-with.h: static/built-with Makefile $1/flags $4
	@$(CROSS_ROOT:%=PKG_CONFIG_LIBDIR='%/usr/lib/$(ARCH)-linux-gnu/pkgconfig:%/usr/share/pkgconfig') \
		MUSL_SPECS='$(MUSL_SPECS)' static/built-with $5 >$$@
$(MAINS:%=$1/%.o): FLAGS_main := -include $1/built-with.h
$(MAINS:%=$1/%.o): $1/built-with.h
# All but the mains, for tests: a test links what it uses.
$1/vfio-early.a: $(patsubst src/%.c,$1/%.o,$(filter-out $(ALONE:%=src/%.c),$(wildcard src/*/*.c)))
	@rm -f $$@
	@$$(CROSS)ar rcs $$@ $$^
-include $(wildcard $1/*.d $1/*/*.d)
endef
FLAGS_libvirt_read := -isystem $(CROSS_ROOT)/usr/include/libxml2
FLAGS_library_calls := $(FLAGS_libvirt_read)
# Asked for when library.c is compiled: before, the libraries need not be there.
soname = $(shell readelf -d "$$($(CC) -print-file-name=lib$1.so)" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
FLAGS_library = $(foreach l,$(LOADED),-DSONAME_$l=$(call soname,$l))

# ---- the boot program ----

$(eval $(call objects,$(STATIC_BUILD)/src,$$(STATIC_CC),$$(STATIC_FLAGS),$(STATIC_BUILD)/libraries,$(STATIC_LIBC) $(SOURCES)))

# Debian's musl-gcc turns -static-pie into a dynamic program without a word: hence the test.
$(STATIC_BUILD)/vfio-early-boot: $(patsubst %,$(STATIC_BUILD)/src/%.o,$(BOOT)) \
		$(STATIC_BUILD)/libraries
	@echo '  LD      $@'
	$(Q)$(STATIC_CC) $(STATIC_FLAGS) $(filter %.o,$^) -o $@ -L$(STATIC_BUILD) \
		$(STATIC_LDFLAGS) $(STATIC_LDLIBS)
	@! readelf -lW $@ | grep INTERP || { echo "$@ is not static" >&2; exit 1; }
	$(Q)$(CROSS)strip $@

$(BUILD)/vfio-early-boot: $(STATIC_BUILD)/vfio-early-boot FORCE
	@cmp -s $< $@ || cp $< $@
	@echo "vfio-early-boot: $$(stat -c %s $@) bytes"

# A copy in which each phase is timed; the program itself knows nothing of that. Calls can be
# wrapped only where they are not optimized away.
PHASES := config_read host_read_names host_read_near modules_read framebuffer_read \
	host_read_use plan_build apply_run kmsg_report report_write
$(BUILD)/bench/vfio-early-phases: bench/phases.c $(STATIC_BUILD)/vfio-early-boot
	@mkdir -p $(@D)
	@echo '  LD      $@'
	$(Q)$(STATIC_CC) $(BASE) $(STATIC_FLAGS) -fno-lto $< \
		$(patsubst %,$(STATIC_BUILD)/src/%.o,$(BOOT)) -o $@ -L$(STATIC_BUILD) \
		$(STATIC_LDFLAGS) $(PHASES:%=-Wl$(comma)--wrap=%) $(STATIC_LDLIBS) -s

# A copy in which each allocation is a system call, which a test lets fail
$(BUILD)/faults/vfio-early-boot: tests/faults/mapped-malloc.c $(STATIC_BUILD)/vfio-early-boot
	@mkdir -p $(@D)
	@echo '  LD      $@'
	$(Q)$(STATIC_CC) $(BASE) $(STATIC_FLAGS) -fno-lto -fno-builtin $< \
		$(patsubst %,$(STATIC_BUILD)/src/%.o,$(filter-out boot/malloc boot/arena,$(BOOT))) \
		-o $@ -L$(STATIC_BUILD) $(STATIC_LDFLAGS) $(STATIC_LDLIBS) -s

# ---- the companion ----

DYNAMIC_FLAGS = $(CPPFLAGS) $(CFLAGS) -fPIE -fstack-protector-strong -ffunction-sections -fdata-sections
$(eval $(call objects,$(BUILD)/dynamic,$$(CC),$$(DYNAMIC_FLAGS),$(SOURCES)/versions,dynamic $(LDLIBS)))

$(BUILD)/vfio-early: $(patsubst %,$(BUILD)/dynamic/%.o,$(COMPANION))
	@echo '  LD      $@'
	$(Q)$(CC) $(CFLAGS) $^ -o $@ -pie -Wl$(comma)--gc-sections $(LDFLAGS) $(LDLIBS_LINKED)

# The same, linked to all libraries in the usual way: what packages depend on is asked of this one.
$(BUILD)/vfio-early-linked: $(patsubst %,$(BUILD)/dynamic/%.o,$(filter-out companion/library_calls,$(COMPANION)))
	@echo '  LD      $@'
	$(Q)$(CC) $(CFLAGS) $^ -o $@ -pie -Wl$(comma)--gc-sections $(LDFLAGS) $(LDLIBS)
linked: $(BUILD)/vfio-early-linked

# Every source file, whichever program it is for: make BUILD=build/other CC=clang objects
objects: $(patsubst src/%.c,$(BUILD)/dynamic/%.o,$(wildcard src/*/*.c))

# ---- tests ----

# The programs in a directory of tests
names = $(patsubst tests/$1/%.c,%,$(filter-out tests/$1/helper%,$(wildcard tests/$1/*.c)))

# $(call programs,DIRECTORY OF objects,COMPILER,FLAGS,SOURCE DIRECTORY,LIBRARIES)
# Each file there is a program; each of them also gets all helper*.c beside it.
define programs
$(patsubst %,$1/$4/%,$(call names,$4)): %: %.o $(patsubst tests/%.c,$1/%.o,$(wildcard tests/$4/helper*.c)) $1/vfio-early.a
	@echo '  LD      $$@'
	$$(Q)$2 $3 $$^ -o $$@ $5 $(LDLIBS)
endef
UNIT := $(call names,unit)
FUZZ := $(call names,fuzz)
# The unit tests with clang have the objects of the fuzzers: what these count costs little.
FUZZED := $(SANITIZE) -fsanitize=fuzzer-no-link
COUNTED := -O0 -g --coverage -fsanitize=leak
$(eval $(call objects,$(BUILD)/asan-gcc,$$(CC),$(SANITIZE),$(SOURCES)/versions,dynamic $(LDLIBS)))
$(eval $(call objects,$(BUILD)/asan-clang,$$(CLANG),$(FUZZED),$(SOURCES)/versions,dynamic $(LDLIBS)))
$(eval $(call objects,$(BUILD)/coverage,$$(CC),$(COUNTED),$(SOURCES)/versions,dynamic $(LDLIBS)))
$(eval $(call programs,$(BUILD)/asan-gcc,$$(CC),$(SANITIZE),unit,-lcmocka))
$(eval $(call programs,$(BUILD)/asan-clang,$$(CLANG),$(FUZZED),unit,-lcmocka))
$(eval $(call programs,$(BUILD)/asan-clang,$$(CLANG),$(FUZZED),fuzz,-fsanitize=fuzzer -lcmocka))
$(BUILD)/asan-clang/fuzz/fuzz-files: $(BUILD)/asan-clang/unit/helper-tree.o
$(eval $(call programs,$(BUILD)/coverage,$$(CC),$(COUNTED),unit,-lcmocka))
COVERED := $(UNIT:%=$(BUILD)/coverage/unit/%)
UNIT_PROGRAMS := $(UNIT:%=$(BUILD)/asan-gcc/unit/%) $(UNIT:%=$(BUILD)/asan-clang/unit/%)
FUZZ_PROGRAMS := $(FUZZ:%=$(BUILD)/asan-clang/fuzz/%)

# Both programs with sanitizers, for tests/trees; the boot program's own allocator would hide errors.
SANITIZED := $(BUILD)/asan-gcc/vfio-early $(BUILD)/asan-gcc/vfio-early-boot
$(BUILD)/asan-gcc/vfio-early: $(BUILD)/asan-gcc/companion/main.o
$(BUILD)/asan-gcc/vfio-early-boot: $(BUILD)/asan-gcc/boot/main.o
$(SANITIZED): $(BUILD)/asan-gcc/vfio-early.a
	@echo '  LD      $@'
	$(Q)$(CC) $(SANITIZE) $(filter %.o,$^) $(filter %.a,$^) -o $@ $(LDLIBS_LINKED)

SUITES := $(wildcard tests/*/run) $(UNIT_PROGRAMS)
# A make that a test starts has nothing to do with this one.
RUN_SUITES := env -u MAKEFLAGS -u MAKELEVEL CMOCKA_MESSAGE_OUTPUT=TAP tests/run

# ---- what people type ----

# Packages first, then the rest in a make of its own that finds them installed.
deps:
	@tools/deps build

demo:
	@tools/deps build demo
	@$(MAKE) --no-print-directory all
	@tests/boot/demo

bench:
	@tools/deps build demo
	@$(MAKE) --no-print-directory all $(BUILD)/bench/vfio-early-phases
	@bench/run

check:
	@tools/deps build check
	@$(MAKE) --no-print-directory all $(UNIT_PROGRAMS) $(FUZZ_PROGRAMS) $(SANITIZED)
	@$(MAKE) --no-print-directory aarch64
	@$(RUN_SUITES) $(SUITES)

check-quick:
	@tools/deps build check
	@$(MAKE) --no-print-directory all $(UNIT_PROGRAMS) $(FUZZ_PROGRAMS) $(SANITIZED)
	@$(RUN_SUITES) $(filter-out tests/boot/run tests/distro/run tests/initrd/run,$(SUITES))

check-unit: $(UNIT_PROGRAMS)
	@$(RUN_SUITES) $(UNIT_PROGRAMS)

# By hand: MKINITCPIO=DIR DRACUT=DIR name installed trees of generators (tests/README.md).
check-generators: all
	@$(RUN_SUITES) tests/generators/check

# By hand: a kernel is built first, with what no package has built in (tests/README.md).
check-own-kernel: all
	@tools/deps kernel
	@$(RUN_SUITES) tests/own-kernel/check

# By hand: MUTANTS names files and a sample (tests/README.md). It takes hours.
check-mutants: all
	@tests/mutants/mutate $(MUTANTS)

# By hand, for half a day or for MINUTES: fuzzers, each system call of each mode, all recorded machines
# under valgrind too, damaged and random ones (tests/soak, tests/README.md).
soak:
	@tools/deps build check
	@$(MAKE) --no-print-directory all $(FUZZ_PROGRAMS) $(SANITIZED) \
		$(patsubst %,$(BUILD)/asan-gcc/unit/test-%,apply plan)
	@env -u MAKEFLAGS -u MAKELEVEL tests/soak $(MINUTES)

# By hand: which lines the tests reach. Both programs are linked as the companion is, so without
# the boot program's own allocator, which would count before there is anything to count with.
coverage: $(COVERED) $(BUILD)/coverage/vfio-early $(BUILD)/coverage/vfio-early-boot
	@tests/coverage/measure $(ROOMS)
$(BUILD)/coverage/vfio-early: $(BUILD)/coverage/companion/main.o $(BUILD)/coverage/vfio-early.a
$(BUILD)/coverage/vfio-early-boot: $(BUILD)/coverage/boot/main.o $(BUILD)/coverage/vfio-early.a
$(BUILD)/coverage/vfio-early $(BUILD)/coverage/vfio-early-boot:
	@echo '  LD      $@'
	$(Q)$(CC) --coverage -fsanitize=leak $^ -o $@ $(LDLIBS)

# For a boot of the boot tests; a make of its own, since it has other flags.
aarch64:
	@$(MAKE) --no-print-directory ARCH=aarch64 all
check-boot: all aarch64
	@$(RUN_SUITES) tests/boot/run

check-fuzz: $(FUZZ_PROGRAMS)
check-trees: $(SANITIZED)
check-%: all
	@$(RUN_SUITES) tests/$*/run

clean:
	rm -rf $(BUILD)

# make print-BASE: for scripts that need a list or a flag from here
print-%:
	@echo '$($*)'

# ---- install ----

# The pages bear the day of the version, not of the build.
RELEASED = $(shell LC_ALL=C date -u +%s -d "$$(sed -n '/^ -- .*>  /{s///p;q;}' debian/changelog)")
MAN := $(patsubst doc/%.scd,$(BUILD)/man/%,$(wildcard doc/*.scd))
man: $(MAN)
$(BUILD)/man/%: doc/%.scd debian/changelog
	@mkdir -p $(@D)
	@echo '  MAN     $@'
	@rm -f $@
	$(Q)SOURCE_DATE_EPOCH=$(RELEASED) scdoc <$< >$@

# Hooks go where their generators look, which is below /usr whatever PREFIX says.
# yes or no; without a word from you: what this machine has.
detect = $(if $(wildcard $1),yes,no)
WITH_DRACUT ?= $(call detect,/usr/lib/dracut)
WITH_INITRAMFS_TOOLS ?= $(call detect,/usr/share/initramfs-tools)
WITH_MKINITCPIO ?= $(call detect,/usr/lib/initcpio)
WITH_SYSTEMD ?= $(call detect,/usr/lib/systemd/system)

# $(call hook,SOURCE,MODE,DESTINATION)
hook = $1:$2:/usr/$3
HOOKS_yes :=
HOOKS_$(WITH_DRACUT) += \
	$(call hook,dracut/50vfio-early/module-setup.sh,755,lib/dracut/modules.d/50vfio-early/module-setup.sh) \
	$(call hook,dracut/50vfio-early/vfio-early.sh,755,lib/dracut/modules.d/50vfio-early/vfio-early.sh)
HOOKS_$(WITH_INITRAMFS_TOOLS) += \
	$(call hook,initramfs-tools/hooks/vfio-early,755,share/initramfs-tools/hooks/vfio-early) \
	$(call hook,initramfs-tools/scripts/init-top/00-vfio-early,755,share/initramfs-tools/scripts/init-top/00-vfio-early)
HOOKS_$(WITH_MKINITCPIO) += \
	$(call hook,mkinitcpio/install/vfio-early,644,lib/initcpio/install/vfio-early) \
	$(call hook,mkinitcpio/hooks/vfio-early,644,lib/initcpio/hooks/vfio-early)
HOOKS_$(WITH_SYSTEMD) += $(foreach u,$(wildcard systemd/*.service systemd/*.target),\
	$(call hook,$u,644,lib/systemd/system/$(notdir $u))) \
	$(foreach c,$(wildcard systemd/*.catalog),$(call hook,$c,644,lib/systemd/catalog/$(notdir $c))) \
	$(call hook,systemd/guest-run,755,lib/vfio-early/guest-run)
HOOKS_yes += $(foreach r,$(wildcard systemd/*.rules),$(call hook,$r,644,lib/udev/rules.d/$(notdir $r)))

HOOKS_yes += $(foreach b,$(wildcard bootloader/* libvirt/*),$(call hook,$b,755,share/vfio-early/$(notdir $b)))

# FILE:MODE:DESTINATION below PREFIX, or absolute
section = $(subst .,,$(suffix $1))
INSTALLED := $(BUILD)/vfio-early-boot:755:lib/vfio-early/vfio-early-boot \
	doc/report.schema.json:644:share/vfio-early/report.schema.json \
	$(BUILD)/vfio-early:755:bin/vfio-early \
	$(foreach m,$(MAN),$m:644:share/man/man$(call section,$m)/$(notdir $m)) \
	$(patsubst %,%:644:share/bash-completion/completions/vfio-early,$(wildcard doc/vfio-early.bash)) \
	$(patsubst %,%:644:share/zsh/site-functions/_vfio-early,$(wildcard doc/_vfio-early)) \
	$(patsubst %,%:644:share/fish/vendor_completions.d/vfio-early.fish,$(wildcard doc/vfio-early.fish)) $(HOOKS_yes)

# What ends a trial of the guard is wanted without being enabled, by whatever is the default target;
# read/stamp.c looks for one of these links.
PASSED := $(if $(filter yes,$(WITH_SYSTEMD)),$(patsubst %,/usr/lib/systemd/system/%.target.wants/vfio-early-passed.service,default multi-user))

# Hooks and units name the programs by absolute paths.
install: all man
	@for entry in $(INSTALLED); do \
		IFS=: && set -- $$entry || exit 1; \
		case $$3 in /*) to=$(DESTDIR)$$3 ;; *) to=$(DESTDIR)$(PREFIX)/$$3 ;; esac; \
		echo "  INSTALL $$to" && install -D -m $$2 "$$1" "$$to" || exit 1; \
		case $$3 in /*) sed -i 's,/usr/lib/vfio-early/,$(PREFIX)/lib/vfio-early/,g;s,/usr/bin/vfio-early,$(PREFIX)/bin/vfio-early,g' "$$to" || exit 1 ;; esac; \
	done
	@for link in $(PASSED); do \
		install -d "$(DESTDIR)$${link%/*}" && \
		ln -sfn ../$${link##*/} "$(DESTDIR)$$link" || exit 1; \
	done

uninstall:
	@for entry in $(INSTALLED); do \
		to=$${entry##*:}; \
		case $$to in /*) to=$(DESTDIR)$$to ;; *) to=$(DESTDIR)$(PREFIX)/$$to ;; esac; \
		rm -fv "$$to"; \
	done
	@for link in $(PASSED); do rm -fv "$(DESTDIR)$$link"; done
	@rmdir --ignore-fail-on-non-empty "$(DESTDIR)$(PREFIX)/lib/vfio-early" \
		"$(DESTDIR)/usr/lib/dracut/modules.d/50vfio-early" 2>/dev/null || :

# ---- packages ----

# The source archive of this commit, an SBOM, checksums: $(BUILD)/dist
dist: $(SOURCES)/versions
	+@tools/dist $(BUILD)/dist

# debhelper in a folder of its own, on what make builds, with make's own flags: what is packaged is
# what was tested. Two suites of tests may want it at the same time. (dpkg-buildpackage works, too;
# it takes Debian's flags.)
DEB := $(BUILD)/deb
deb: export BUILD := $(BUILD)
deb: export TOP := $(CURDIR)
deb: export DEB_CFLAGS_SET := $(CFLAGS)
deb: export DEB_CPPFLAGS_SET := $(CPPFLAGS)
deb: export DEB_LDFLAGS_SET := $(LDFLAGS)
deb: export DEB_RULES_REQUIRES_ROOT := no
deb:
	@tools/deps build deb
	@$(MAKE) --no-print-directory all man
	+@exec 9>$(DEB).lock && flock 9 && rm -rf $(DEB) && mkdir $(DEB) && \
		cp -r debian $$(cat debian/docs) $(DEB) && \
		$(MAKE) -C $(DEB) -f debian/rules binary >$(DEB)/log 2>&1 || \
		{ cat $(DEB)/log >&2; exit 1; }
	@stat -c '%n: %s bytes' $(BUILD)/vfio-early_*.deb

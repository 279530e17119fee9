# SPDX-License-Identifier: GPL-2.0-or-later
# How the static program and its libraries are compiled. Included by ../Makefile and static.mk.

# A range like [a-z] and the order of names are the locale's.
export LC_ALL := C

comma := ,
STATIC_LIBC  ?= musl
SOURCES      := .cache/sources

# make ARCH=aarch64: for another machine, with Debian's compiler for it; headers and libraries are
# unpacked at CROSS_ROOT (tools/cross-root). Empty: for this one.
ARCH ?=
ifneq ($(ARCH),)
DEBIAN_aarch64 := arm64
$(if $(DEBIAN_$(ARCH)),,$(error ARCH=$(ARCH): only aarch64 is known, or none for this machine's own))
CROSS         := $(ARCH)-linux-gnu-
CROSS_ROOT    := .cache/cross/$(DEBIAN_$(ARCH))
BUILD         := build/$(ARCH)
AR            := $(CROSS)ar
STATIC_CC     := $(CROSS)gcc
STATIC_BUILD  := $(BUILD)/static-$(STATIC_LIBC)
MUSL_SPECS    := $(CROSS_ROOT)/usr/lib/$(ARCH)-linux-musl/musl-gcc.specs
LINUX_HEADERS := $(CURDIR)/$(CROSS_ROOT)/usr/include
ASM_HEADERS   := $(LINUX_HEADERS)/$(ARCH)-linux-gnu
endif

STATIC_CC    ?= gcc
STATIC_BUILD ?= build/static-$(STATIC_LIBC)

TRIPLE       := $(shell $(STATIC_CC) -dumpmachine 2>/dev/null)
MACHINE      := $(firstword $(subst -, ,$(TRIPLE)))
# Where Debian, Fedora and Arch have it
MUSL_PLACES  := lib/$(MACHINE)-linux-musl $(MACHINE)-linux-musl/lib64 lib/musl/lib
MUSL_SPECS   ?= $(firstword $(wildcard $(MUSL_PLACES:%=/usr/%/musl-gcc.specs)) musl-gcc.specs)
# Directories that hold the kernel's user space headers (linux/) and the machine's part (asm/).
LINUX_HEADERS ?= /usr/include
ASM_HEADERS  ?= $(firstword $(wildcard /usr/include/$(TRIPLE) /usr/include))

# musl-gcc has no kernel headers. They are linked into a directory of their own, searched last:
# all of /usr/include would bring glibc's headers too.
STATIC_LIBC_FLAGS_musl := -specs=$(STATIC_BUILD)/musl.specs -idirafter $(STATIC_BUILD)/linux-headers
STATIC_LIBC_FLAGS_glibc :=

# File names end up in the program by __FILE__, so all of them are relative: the same sources
# give the same bytes wherever they are built.
# Optimized as a whole when it is linked: 24 KB less. Fat objects hold ordinary code too, for an ar
# or a linker without gcc's plugin, and for bench/.
STATIC_LTO ?= -flto=auto -ffat-lto-objects
STATIC_CFLAGS ?= -Os -fPIE -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	-fstack-protector-strong $(STATIC_LTO)
STATIC_FLAGS := $(STATIC_CFLAGS) $(STATIC_LIBC_FLAGS_$(STATIC_LIBC)) -isystem $(STATIC_BUILD)/include
# Pointers in tables are relocated from the packed form, by a start of our own: 20 KB less
# (static/x86_64/relr.c). ld packs them since binutils 2.38, and only for x86-64.
STATIC_START := $(if $(filter musl-x86_64,$(STATIC_LIBC)-$(MACHINE)),relr)
STATIC_LDFLAGS ?= -static-pie -Wl,--gc-sections -Wl,-O1 -Wl,--build-id=none -Wl,-z,relro \
	-Wl,-z,now -Wl,-z,noexecstack -Wl,-z,noseparate-code \
	$(if $(STATIC_START),-Wl$(comma)-z$(comma)pack-relative-relocs -Wl$(comma)-e$(comma)relr_start \
		-Wl$(comma)-u$(comma)relr_start)
# libc would otherwise answer its own calls with its own wctype functions.
STATIC_LDLIBS := -lpci -lkmod -lblkid $(if $(filter musl,$(STATIC_LIBC)),-lnothing) -ljansson -lzstd -llzma -lz \
	$(if $(filter musl,$(STATIC_LIBC)),-Wl$(comma)--whole-archive -lwctype -Wl$(comma)--no-whole-archive) \
	$(STATIC_START:%=-l%)

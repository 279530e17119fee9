# SPDX-License-Identifier: GPL-2.0-or-later
# static.mk - the libraries of the static program as archives, compiled straight from their
# source trees: no autotools, no libtool, and only the files that the program can reach.
#
#   make -f static/static.mk          (from the project's directory; ../Makefile does it)
#
# The trees must be in $(SOURCES) already (fetch-sources). What is a wildcard here differs
# between the versions that are known to work: kmod 30 to 34, util-linux 2.38 to 2.41.

include static/toolchain.mk

# Debian has static archives of these for glibc, for musl of none.
LIBRARIES_musl  := pci kmod blkid nothing jansson zstd lzma z wctype $(STATIC_START)
LIBRARIES_glibc := pci kmod
LIBRARIES       := $(LIBRARIES_$(STATIC_LIBC))

all: $(LIBRARIES:%=$(STATIC_BUILD)/lib%.a)
.PHONY: all
Q := $(if $(V),,@)
# make's own order of a wildcard is that of the locale, and the order of files is that of the bytes.
files = $(sort $(wildcard $1))

# ---- libkmod: switches are tested by #ifdef up to 33 and by #if from 34 (meson) ----
TREE_kmod  := $(SOURCES)/kmod
FILES_kmod := $(filter-out %-openssl.c %-mbedtls.c, \
	$(call files,$(TREE_kmod)/libkmod/*.c $(TREE_kmod)/shared/*.c))
FLAGS_kmod := -std=gnu99 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -I$(TREE_kmod) \
	-include static/kmod-compat.h -DENABLE_ZLIB=1 -DENABLE_XZ=1 -DENABLE_ZSTD=1 \
	-DSYSCONFDIR='"/etc"' -DDISTCONFDIR='"/usr/lib"' \
	-DMODULE_DIRECTORY='"/lib/modules"' -DHAVE_LINUX_MODULE_H=1 -DHAVE_STATIC_ASSERT=1 \
	-DHAVE_NORETURN=1 -DHAVE_STRUCT_STAT_ST_MTIM=1 -DHAVE___BUILTIN_UADDL_OVERFLOW=1 \
	-DHAVE___BUILTIN_UADDLL_OVERFLOW=1 -DHAVE_SECURE_GETENV=1 -DHAVE_DECL_BE32TOH=1 \
	-DHAVE_DECL_BASENAME=1 -DHAVE_DECL_STRNDUPA=$(if $(filter musl,$(STATIC_LIBC)),0,1) \
	$(if $(wildcard $(TREE_kmod)/meson.build),-DENABLE_LOGGING=0 -DENABLE_DEBUG=0 -DENABLE_ELFDBG=0)

# ---- libpci: sysfs only, so no port I/O and no /dev/mem to fall back to ----
TREE_pci  := $(SOURCES)/pciutils
FILES_pci := $(addprefix $(TREE_pci)/lib/,init.c access.c generic.c names.c filter.c \
	names-hash.c names-parse.c names-net.c names-cache.c names-hwdb.c params.c caps.c sysfs.c)
# musl has pread(), which libpci looks for by the name of glibc, here only (lib/pread.h).
FLAGS_pci := $(if $(filter musl,$(STATIC_LIBC)),-D__GLIBC__=2 -D__GLIBC_MINOR__=36) \
	-I$(STATIC_BUILD)/include/pci -I$(TREE_pci)/lib

# ---- libblkid ----
TREE_blkid  := $(SOURCES)/util-linux
FILES_blkid := $(call files,$(TREE_blkid)/libblkid/src/*.c $(TREE_blkid)/libblkid/src/*/*.c) \
	$(call files,$(addprefix $(TREE_blkid)/lib/,blkdev.c buffer.c canonicalize.c crc32.c crc32c.c \
	crc64.c encode.c env.c fileutils.c linux_version.c loopdev.c mangle.c match.c md5.c path.c \
	sha256.c strutils.c strv.c sysfs.c xxhash.c))
FLAGS_blkid := -include static/util-linux-config.h -I$(STATIC_BUILD)/include/blkid \
	-I$(TREE_blkid)/include -I$(TREE_blkid)/libblkid/src

# What no Linux boots from or resumes from is not looked for: its prober is left out, and its name
# in libblkid's table stands for static/blkid-nothing.c, which nothing matches. Members of arrays,
# volumes and encrypted disks stay, since they say that a device is not what it looks like.
NOT_BOOTED := apfs befs bfs bluestore cramfs drbdmanage drbdproxy_datalog exfs gfs hfs hpfs \
	minix mpool netware ocfs refs romfs sysv ubi ubifs udf ufs vmfs vxfs zonefs
NOT_PARTED := aix atari bsd mac minix sgi solaris_x86 sun ultrix unixware
FILES_blkid := $(filter-out $(NOT_BOOTED:%=$(TREE_blkid)/libblkid/src/superblocks/%.c) \
	$(NOT_PARTED:%=$(TREE_blkid)/libblkid/src/partitions/%.c),$(FILES_blkid))
FLAGS_blkid += $(patsubst %,-D%_idinfo=nothing_idinfo,$(NOT_BOOTED) gfs2 hfsplus ocfs2 oracleasm \
	vmfs_fs vmfs_volume xenix $(NOT_PARTED:%=%_pt))
TREE_nothing  := static
FILES_nothing := static/blkid-nothing.c
FLAGS_nothing := $(FLAGS_blkid)

# ---- jansson: its private config header is empty, the switches are here ----
# NDEBUG: it asserts that strtod() has read all of a real, see static/no-fractions.c.
TREE_jansson  := $(SOURCES)/jansson
FILES_jansson := $(call files,$(TREE_jansson)/src/*.c)
FLAGS_jansson := -DNDEBUG -DHAVE_STDINT_H=1 -DHAVE_UNISTD_H=1 -DHAVE_FCNTL_H=1 -DHAVE_SYS_TYPES_H=1 \
	-DHAVE_SYS_STAT_H=1 -DHAVE_SYS_TIME_H=1 -DHAVE_OPEN=1 -DHAVE_READ=1 -DHAVE_CLOSE=1 \
	-DHAVE_GETPID=1 -DHAVE_GETTIMEOFDAY=1 -DHAVE_SCHED_YIELD=1 -DHAVE_SYNC_BUILTINS=1 \
	-DHAVE_ATOMIC_BUILTINS=1

# ---- zstd, xz, zlib: what libkmod needs to read a compressed module, and only that ----
TREE_zstd  := $(SOURCES)/libzstd
FILES_zstd := $(addprefix $(TREE_zstd)/lib/,common/entropy_common.c common/error_private.c \
	common/fse_decompress.c common/xxhash.c common/zstd_common.c common/debug.c \
	decompress/huf_decompress.c decompress/zstd_ddict.c decompress/zstd_decompress.c \
	decompress/zstd_decompress_block.c)
FLAGS_zstd := -I$(TREE_zstd)/lib -I$(TREE_zstd)/lib/common -DZSTD_LEGACY_SUPPORT=0 \
	-DZSTD_DISABLE_ASM=1 -DDYNAMIC_BMI2=0 -DXXH_NAMESPACE=ZSTD_ -DHUF_FORCE_DECOMPRESS_X1 \
	-DZSTD_FORCE_DECOMPRESS_SEQUENCES_SHORT -DZSTD_NO_INLINE -DZSTD_STRIP_ERROR_STRINGS=1 -DZSTD_TRACE=0
# Its loops over sequences take most of the time, and half of that were calls.
FLAGS_zstd_decompress_block := -UZSTD_NO_INLINE

# Where a whole module is copied: for gcc, `rep movsb` is the smallest way to do it.
BY_MEMCPY := $(if $(filter x86_64,$(MACHINE)),-mstringop-strategy=libcall)
FLAGS_libkmod-file    := $(BY_MEMCPY)
FLAGS_zstd_decompress := $(BY_MEMCPY)

# lzma2 is built on lzma1's coder; modules are checked by crc32 (kernel's choice) or crc64. Optimized
# for time: where modules are packed, half of what a run takes is here. crc32: static/lzma-crc32.c.
TREE_lzma  := $(SOURCES)/xz-utils
FILES_lzma := $(addprefix $(TREE_lzma)/src/liblzma/,common/block_decoder.c \
	common/block_header_decoder.c common/block_util.c common/common.c common/filter_common.c \
	common/filter_decoder.c common/filter_flags_decoder.c common/index_hash.c \
	common/stream_decoder.c common/stream_flags_common.c common/stream_flags_decoder.c \
	common/vli_decoder.c common/vli_size.c check/check.c \
	check/crc64_small.c lz/lz_decoder.c lzma/lzma_decoder.c lzma/lzma2_decoder.c)
FLAGS_lzma := -std=gnu99 $(addprefix -I$(TREE_lzma)/src/,liblzma/api liblzma/common \
	liblzma/check liblzma/lz liblzma/rangecoder liblzma/lzma liblzma/delta liblzma/simple \
	common) -DHAVE_DECODERS=1 -DHAVE_DECODER_LZMA1=1 -DHAVE_DECODER_LZMA2=1 \
	-DHAVE_CHECK_CRC32=1 -DHAVE_CHECK_CRC64=1 -DHAVE_SMALL=1 -DHAVE_STDBOOL_H=1 \
	-DHAVE__BOOL=1 -DHAVE_STDINT_H=1 -DHAVE_INTTYPES_H=1 \
	-DHAVE_LIMITS_H=1 -DHAVE_STRING_H=1 -DSIZEOF_SIZE_T=__SIZEOF_SIZE_T__ \
	-DTUKLIB_SYMBOL_PREFIX= -DASSUME_RAM=128 -O2

# gcc would make a call of memcpy() from what is there instead of one.
FLAGS_lzma_decoder := -include static/lzma-copy.h -fno-tree-loop-distribute-patterns

# NO_GZCOMPRESS: gzclose() would drag the compressor in. Z_TESTW=0: crc32() byte by byte, without
# the tables for whole words. BUILDFIXED: codes that are in no file's blocks but small ones' are
# made when they are needed.
TREE_z  := $(SOURCES)/zlib
FILES_z := $(addprefix $(TREE_z)/,crc32.c zutil.c inffast.c inflate.c inftrees.c \
	gzlib.c gzread.c gzclose.c)
FLAGS_z := -DHAVE_UNISTD_H -D_LARGEFILE64_SOURCE=1 -DNO_GZCOMPRESS -DZ_TESTW=0 -DBUILDFIXED

TREE_wctype  := static
FILES_wctype := static/ascii-wctype.c static/no-fractions.c static/lzma-crc32.c \
	static/adler32.c
FLAGS_lzma-crc32 := -O2

# It runs before there is a canary, and what is jumped to by assembler is lost to a whole look.
TREE_relr  := static/x86_64
FILES_relr := static/x86_64/relr.c
FLAGS_relr := -fno-stack-protector -fno-lto

# ---- the headers that the libraries and the program see, and musl's compiler specs ----
I := $(STATIC_BUILD)/include
HEADERS := $(STATIC_BUILD)/.headers

$(HEADERS): static/toolchain.mk static/static.mk static/musl-specs.sed static/kmod-compat.h \
		static/util-linux-config.h static/lzma-copy.h $(wildcard $(STATIC_BUILD)/src/flags) $(SOURCES)/versions
	@rm -rf $(I) $(STATIC_BUILD)/linux-headers
	@mkdir -p $(I)/pci $(I)/blkid $(STATIC_BUILD)/linux-headers
ifeq ($(STATIC_LIBC),musl)
	@test -f $(MUSL_SPECS) || { echo "$(MUSL_SPECS) is missing: install musl's development" \
		"files (Debian: musl-dev), or set MUSL_SPECS=FILE or STATIC_LIBC=glibc" >&2; exit 1; }
	@sed -f static/musl-specs.sed $(CROSS_ROOT:%=-e 's|/usr/|%/usr/|g') $(MUSL_SPECS) >$(STATIC_BUILD)/musl.specs
	@ln -s $(addprefix $(LINUX_HEADERS)/,linux asm-generic mtd) $(ASM_HEADERS)/asm \
		$(STATIC_BUILD)/linux-headers
endif
	@cp $(TREE_kmod)/libkmod/libkmod.h $(I)
	@cp $(addprefix $(TREE_pci)/lib/,header.h types.h pci.h) $(I)/pci
	@printf '#define %s\n' PCI_CONFIG_H PCI_OS_LINUX PCI_HAVE_PM_LINUX_SYSFS \
		PCI_HAVE_LINUX_BYTEORDER_H PCI_HAVE_64BIT_ADDRESS 'PCILIB_VERSION "static"' \
		'PCI_PATH_SYS_BUS_PCI "/sys/bus/pci"' 'PCI_IDS "pci.ids"' \
		'PCI_PATH_IDS_DIR "/usr/share/misc"' >$(I)/pci/config.h
ifneq ($(filter blkid,$(LIBRARIES)),)
	@sed 's/@[A-Z_]*@/0/' $(TREE_blkid)/libblkid/src/blkid.h.in >$(I)/blkid/blkid.h
	@cp $(TREE_z)/zlib.h $(TREE_z)/zconf.h $(TREE_zstd)/lib/zstd*.h $(TREE_jansson)/src/jansson.h $(I)
	@cp -r $(TREE_lzma)/src/liblzma/api/lzma $(TREE_lzma)/src/liblzma/api/lzma.h $(I)
	@sed -e 's/@json_inline@/inline/' -e 's/@json_have_localeconv@/0/' \
		-e 's/@json_have_[a-z_]*@/1/' $(TREE_jansson)/src/jansson_config.h.in \
		>$(I)/jansson_config.h
	@: >$(I)/jansson_private_config.h
endif
	@touch $@

# ---- one rule for all of them. Their warnings are not ours, but a function that the libc
# does not declare would be called with the wrong types. ----
define library
$(STATIC_BUILD)/$1/%.o: $(TREE_$1)/%.c $(HEADERS)
	@mkdir -p $$(@D)
	$$(Q)$$(STATIC_CC) $$(STATIC_FLAGS) -w -Werror=implicit-function-declaration \
		$$(FLAGS_$1) $$(FLAGS_$$(notdir $$*)) -c -o $$@ $$<
$(STATIC_BUILD)/lib$1.a: $(FILES_$1:$(TREE_$1)/%.c=$(STATIC_BUILD)/$1/%.o)
	@echo '  AR      $$@'
	@rm -f $$@
	$$(Q)$$(AR) rcs $$@ $$^
endef
$(foreach l,$(LIBRARIES),$(eval $(call library,$l)))

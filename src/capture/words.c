// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture/words.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/cleanup.h"

#define DIGITS_MAX 8 /* of a number: a date, a class with its mask */
#define COLONS_MAX 3 /* 0000:01:00.0 has two; more are of an address on the network */

/*
 * Words that name no machine and no person; between blanks. Letters of either case are
 * the same, and digits separate words: x86_64 is the words "x" and "_".
 */
static const char known[] =
	/* paths, packages, programs */
	" bin boot cfg conf config default dev efi etc home img ini lib local log mnt opt "
	" proc root run sbin service share sh srv sys tmp usr var lost found system kernel "
	" rules preset presets target socket mount wants entries entry loader modules "
	" module modprobe firmware hooks hook install scripts script top premount bottom "
	" devices device drivers driver bus pci virtual platform class block net usb input "
	" state data cmdline initcpio initramfs initrd vmlinuz vmlinux linuz bzimage osrel "
	" mkinitcpio dracut booster ukify limine refind grub grubenv grubx grubby bls uki "
	" sdbootutil sdboot manage syslinux extlinux transactional previous current oldkern append limine_history img_sha zfsbootmenu zbm proxmox pve kernelstub ostree nixos nix nixpkgs flake "
	" sysinit parse systemd bootctl postinst origin deploy tool args bootx stub udev udevadm eudev libvirt libvirtd qemu kvm ovmf edk "
	" code fd m edk ovmfx pveversion virtqemud x libexec virsh virt manager nodedev reattach detach managed nodedevice nodedevicereattach "
	" nodedevicedettach supergfxctl supergfxd supergfx envycontrol prime select switch "
	" power graphics dedicated hybrid integrated compute offload powerd pm update "
	" mkconfig regenerate rebuild booted display network networks xml master lower bash zsh py win guest vms "
	" revert hotplug remove add early host vfio_early deadline debug guard reached addon addons extra vfio_pci mode pin next uuids custom "
	" fallback rescue recovery lts zen hardened rt cachyos bore eevdf mainline generic "
	" cloud amd arch archlinux manjaro garuda endeavouros omarchy artix fedora rhel "
	" centos rocky alma almalinux silverblue kinoite bazzite bluefin coreos opensuse "
	" suse tumbleweed leap microos slowroll debian ubuntu mint pop os popos nobara "
	" gnu linux windows microsoft bootmgfw memtest uefi setup shell "
	" with and on the for of to in from advanced options option simple normal "
	" snapshot snapshots snapper menu submenu title version sort key id machine token "
	/* boot loaders */
	" set unset if then else elif fi do done while until for function return true "
	" false menuentry submenu menuentry_id_option insmod search no floppy fs label "
	" hint echo loopback source configfile load_env save_env file blscfg chainloader "
	" linuxefi initrdefi multiboot saved saved_entry next_entry prev_saved_entry prefix "
	" config_directory feature_menuentry_id chosen timeout timeout_style hidden "
	" grub_default grub_timeout grub_savedefault grub_cmdline_linux export declare "
	" grub_cmdline_linux_default grub_cmdline_linux_xen grub_cmdline_xen_default "
	" linux_options linux_fallback_options remove_existing overwrite_existing "
	" grub_disable_submenu grub_enable_blscfg grub_distributor kernelopts env grub_ "
	" grub_platform platform pc prepared boot_once boot_success boot_indeterminate "
	" kernel_cmdline loader_type default_entry remember_last_entry protocol path "
	" kernel_path module_path image_path comment kernel_comment hd gpt msdos part guid "
	" scanfor manual internal external optical submenuentry disabled volume loader "
	" default_selection fold_linux_kernels vmlinuz beep console editor auto firmware "
	" loaderinfo loaderentrydefault loaderentryoneshot loaderentrylastbooted "
	" loaderentryselected loaderentries loaderdevicepartuuid stubinfo loaderfeatures "
	" limineentry liminelastbootedentry previousboot secureboot oneshot "
	" image uki layout all_config all_kver default_image default_uki default_options "
	" default_config fallback_image fallback_uki fallback_options fallback_config "
	" efi_image kver all splash autodetect initrd_generator uki_generator "
	" layout bls initrdname hostonly hostonly_cmdline uefi uefi_stub kernel_image "
	" force_drivers add_drivers omit_drivers filesystems install_items compress "
	" add_dracutmodules omit_dracutmodules early_microcode "
	" modules binaries files hooks compression base microcode kms keyboard keymap "
	" consolefont modconf filesystems fsck sd vconsole plymouth encrypt lvm resume "
	" earlyhooks latehooks cleanuphooks emergencyhooks buildconfig "
	/* the kernel's command line */
	" boot_image rootfstype rootflags ro rw quiet splash debug loglevel rd luks name "
	" uuid partuuid partlabel label options driver pre blacklist dm lvm lv vg md auto "
	" cryptdevice cryptkey rdinit init vt global_cursor_default console tty ttys "
	" intel_iommu amd_iommu iommu pt soft off strict passthrough intremap nosid "
	" sm_on igfx_off forcedac nopt pcie_acs_override downstream multifunction pcie_aspm "
	" performance powersave pcie_port_pm video efifb vesafb simplefb vga nomodeset "
	" disable_vga disable_idle_d ids enable_sriov disable_denylist nointxmask "
	" module_blacklist initcall_blacklist sysfb_init sysfb realloc noaer nommconf acpi "
	" ignore_msrs report_ignored_msrs halt_poll_ns nested zfs zfs_member mitigations "
	" zswap enabled nvme_core btrfs subvol compat hugepages default_hugepagesz "
	" hugepagesz isolcpus nohz_full rcu_nocbs threadirqs audit apparmor selinux lsm "
	" security bgrt efivars fbcon map nodefer transparent_hugepage never always yes "
	" crashkernel preempt full split_lock_detect tsc clocksource hpet nowatchdog "
	" modeset fbdev systemd unit rescue multi user graphical nfs cifs nbd "
	" mem_sleep_default deep s idle pstate passive active guided disable enable "
	" hypervisor vmx svm genuineintel authenticamd hygongenuine vendor_id flags "
	/* drivers */
	" vfio vfio_pci_core vfio_iommu_type virqfd type iommufd irqbypass nouveau nvidia "
	" nvidia_drm nvidia_modeset nvidia_uvm drm uvm amdgpu radeon i915 xe i snd_hda_intel "
	" snd hda intel codec hdmi xhci xhci_hcd hcd xhci_pci ehci ahci nvme i2c_nvidia_gpu "
	" gpu ucsi_ccg ucsi ccg i c stub pci_stub back xen pciback pciback_ids ast mgag "
	" virtio bochs simpledrm iwlwifi r igb ixgbe mlx _core core e1000e e thunderbolt "
	" allow_unsafe_interrupts disable_blacklist disable_hugepages dma_entry_limit dyndbg "
	" enable_unsafe_noiommu_mode "
	/* modprobe.d, scripts, udev */
	" alias softdep post remove install weakdep include override driver_override "
	" new_id remove_id unbind bind drivers_probe probe rescan attr add change action "
	" subsystem env vendor power control tag run goto end mode group owner symlink "
	" asusmuxdgpu asusegpu egpu dgpu igpu logout rm rmmod lsmod cat exec execstart execstop tee x vendor_ vga_switcheroo "
	" ignore null sleep modprobed "
	" vm start stop begin prepare started release reconnect migrate restore "
	/* tables */
	" none tpm fido luks discard noauto nofail defaults vfat ext xfs swap swapfile "
	" umask fmask dmask relatime noatime iface destination gateway refcnt use metric "
	" mask mtu window irtt eno enp ens eth wlan wlp wlo wwan br bond virbr vmbr vnet tap "
	" tun wg docker veth lo enx idrac o p n b h s f d np v u dm mmcblk loop zram "
	" sr hd vd xvd sda sdb sdc zd nbd mapper disk by member lvm_member crypto_luks "
	" kbd leds sysrq mouse event js handlers sysfs vendor_id efi_vendor bit "
	" access enabled disabled connected disconnected integrity confidentiality "
	" id_fs_uuid id_fs_type id_part_entry_uuid id_part_entry_type "
	" a b c e g j k l q t w y z "
	" year month day hour minute second weekday cmdpath net_ datehook test current "
	" oldkern configuration imports boot_ once session background gfxmode gfxterm "
	" from tries left done "
	" word label ";

static bool is_token(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Does it stand in a text, with no letter beside it? */
static bool has_word(const char *text, const char *word, size_t length)
{
	for (; text && *text; text++)
		if (!strncasecmp(text, word, length) &&
		    !isalpha((unsigned char)text[length]))
			return true;
		else
			while (isalpha((unsigned char)*text) &&
			       isalpha((unsigned char)text[1]))
				text++;
	return false;
}

static bool is_known(const struct scrub *scrub, const char *word, size_t length,
		     const char *more)
{
	for (const char *at = known; (at = strchr(at, ' ')); at++)
		if (!strncasecmp(at + 1, word, length) && at[1 + length] == ' ')
			return true;
	return (more && has_word(more, word, length)) ||
	       (scrub && has_word(scrub->also, word, length));
}

/* 10de, 0x030000, ffffffff: of hardware, and too short for a serial number */
static bool is_number(const char *token, size_t length)
{
	size_t digits = 0;

	if (length > 2 && token[0] == '0' && (token[1] | 0x20) == 'x') {
		token += 2;
		length -= 2;
	} else if (length != 2 && length != 4 && length != 8) {
		return false;
	}
	while (digits < length && isxdigit((unsigned char)token[digits]))
		digits++;
	return digits == length && digits <= DIGITS_MAX;
}

/* Its letters are known words, and its digits are few: pci_0000_01_00_0 has most */
static bool is_public(const struct scrub *scrub, const char *token, size_t length,
		      const char *more)
{
	const size_t most = length > 4 && !memcmp(token, "pci_", 4) ? 9 : DIGITS_MAX;
	size_t digits = 0;

	if (is_number(token, length) || is_known(scrub, token, length, more))
		return true;
	for (size_t at = 0; at < length;) {
		size_t width = 0;
		bool number = isdigit((unsigned char)token[at]);

		while (at + width < length &&
		       number == !!isdigit((unsigned char)token[at + width]) &&
		       (number || token[at + width] != '_'))
			width++;
		if (!width) /* between words */
			width = 1;
		else if (number)
			digits += width;
		else if (!is_known(scrub, token + at, width, more))
			return false;
		at += width;
	}
	return digits <= most;
}

/* Bytes of an address on a network here: 192.168.7.7, fe80::1; 0: none */
static size_t address_length(const char *text, size_t length)
{
	size_t used = 0, dots = 0, colons = 0;
	bool empty = false, decimal = true;

	while (used < length && (isxdigit((unsigned char)text[used]) ||
				 text[used] == '.' || text[used] == ':')) {
		dots += text[used] == '.';
		colons += text[used] == ':';
		empty = empty || (used && text[used] == ':' && text[used - 1] == ':');
		decimal = decimal &&
			  (isdigit((unsigned char)text[used]) || text[used] == '.');
		used++;
	}
	if (used < length && is_token(text[used]))
		return 0;
	return (decimal && dots == 3) || colons > COLONS_MAX || (empty && used > 3) ?
		       used :
		       0;
}

static size_t token_length(const char *text, size_t length)
{
	size_t used = 0;

	while (used < length && is_token(text[used]))
		used++;
	return used;
}

/* Where the value of NAME=VALUE ends: at a blank that stands in no quotes */
static size_t value_length(const char *text, size_t length)
{
	size_t used = 0;
	char quote = '\0';

	for (; used < length && text[used] != '\n'; used++)
		if (quote ? text[used] == quote : text[used] == '"' || text[used] == '\'')
			quote = quote ? '\0' : text[used];
		else if (!quote && isspace((unsigned char)text[used]))
			break;
	return used;
}

/* One token, or what is no part of one; how many bytes were taken */
static size_t token_write(struct scrub *scrub, const char *text, size_t length,
			  const char *more, bool *ret_known, FILE *out)
{
	size_t address = address_length(text, length), made = scrub_made(text, length);
	size_t width = address ? address : token_length(text, length);

	*ret_known = true;
	if (made) {
		fwrite(text, 1, made, out);
		return made;
	}
	if (!width) {
		fputc(*text, out);
		return 1;
	}
	if (!address && is_public(scrub, text, width, more)) {
		fwrite(text, 1, width, out);
		return width;
	}
	*ret_known = false;
	scrub_word(scrub, SCRUB_WORD, text, width, out);
	return width;
}

/* A number of four and more digits, which is no part of an address: 0000:01:00.0 */
static bool is_long_number(const char *text, size_t at, size_t width, size_t length)
{
	for (size_t i = at; i < at + width; i++)
		if (!isdigit((unsigned char)text[i]))
			return false;
	return width >= 4 && (!at || !strchr(":.", text[at - 1])) &&
	       (at + width == length || text[at + width] != ':');
}

/* A known word, and a number behind it is none of hardware */
static bool is_secret_name(const char *token, size_t length)
{
	static const char *const names[] = { "pin", "key", "token" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i]) == length && !strncasecmp(token, names[i], length))
			return true;
	return false;
}

/* @known_name: the words since the last blank; @known_last: the last word was known */
static void tokens_write(struct scrub *scrub, const char *text, size_t length,
			 const char *more, FILE *out)
{
	bool known_name = true, known_last = true;

	for (size_t at = 0; at < length;) {
		bool is_known_here, is_word, is_key;
		size_t width;

		if (text[at] == '=' && !known_name) {
			fputc('=', out);
			width = value_length(text + at + 1, length - at - 1);
			if (width)
				scrub_word(scrub, SCRUB_WORD, text + at + 1, width, out);
			at += 1 + width;
			known_name = true;
			continue;
		}
		if (isspace((unsigned char)text[at]))
			known_name = true;
		width = token_length(text + at, length - at);
		/* it belongs to what is private: a password, a telephone number */
		if (!known_last && is_long_number(text, at, width, length)) {
			scrub_word(scrub, SCRUB_WORD, text + at, width, out);
			at += width;
			continue;
		}
		is_word = width;
		is_key = is_secret_name(text + at, width);
		at += token_write(scrub, text + at, length - at, more, &is_known_here,
				  out);
		known_name = known_name && is_known_here;
		known_last = is_word ? is_known_here && !is_key : known_last;
	}
}

void words_write(struct scrub *scrub, const char *text, size_t length, const char *more,
		 FILE *out)
{
	cleanup_free char *first = NULL;
	size_t size;
	FILE *between = open_memstream(&first, &size);

	if (!between)
		return;
	scrub_text(scrub, text, length, between);
	if (!fclose(between))
		tokens_write(scrub, first, size, more, out);
}

bool words_are_known(const char *text)
{
	size_t length = strlen(text);

	for (size_t at = 0; at < length;) {
		size_t width = token_length(text + at, length - at);

		if (address_length(text + at, length - at) ||
		    (width && !is_public(NULL, text + at, width, NULL)))
			return false;
		at += width ? width : 1;
	}
	return true;
}

char *words_copy(struct scrub *scrub, const char *text, size_t length, const char *more,
		 size_t *ret_length)
{
	char *copy = NULL;
	FILE *out = open_memstream(&copy, ret_length);

	if (!out)
		return NULL;
	words_write(scrub, text, length, more, out);
	if (!fclose(out))
		return copy;
	free(copy);
	return NULL;
}

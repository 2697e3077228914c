# Anaconda puts its own boot entry first. The entry that this boot came by, the network, goes back
# before it, so that the next start asks Barestack again. An install never fails on this.
network_first() {
  local entries current order
  [[ -d ${BARESTACK_ROOT:-}/sys/firmware/efi ]] || return 0
  entries=$(efibootmgr) || return 0
  current=$(sed -n 's/^BootCurrent: *//p' <<<"$entries")
  order=$(sed -n 's/^BootOrder: *//p' <<<"$entries")
  [[ -n $current && -n $order ]] || return 0
  order=",$order,"
  order=${order//",$current,"/,}
  order=$current${order%,}
  efibootmgr --quiet --bootorder "$order" || echo "the boot order stays as it is"
}
network_first

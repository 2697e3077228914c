package org.barestack.testing.cloudstack;

/** The kinds of things that the double keeps. */
public enum Kind {
  ZONE("zone"),
  PHYSICAL_NETWORK("physicalnetwork"),
  TRAFFIC_TYPE("traffictype"),
  PROVIDER("networkserviceprovider"),
  ROUTER_ELEMENT("virtualrouterelement"),
  BALANCER_ELEMENT("internalloadbalancerelement"),
  POD("pod"),
  VLAN_RANGE("vlaniprange"),
  STORAGE_RANGE("storagenetworkiprange"),
  NETWORK("network"),
  CLUSTER("cluster"),
  HOST("host"),
  STORAGE_POOL("storagepool"),
  IMAGE_STORE("imagestore"),
  SYSTEM_VM("systemvm"),
  TEMPLATE("template"),
  VIRTUAL_MACHINE("virtualmachine"),
  OFFERING("networkoffering"),
  MANAGEMENT_SERVER("managementserver"),
  USER("user");

  final String word;

  Kind(String word) {
    this.word = word;
  }
}

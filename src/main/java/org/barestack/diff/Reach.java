package org.barestack.diff;

/** Who reads a value of the site beside the templates. */
enum Reach {
  /** Templates alone: what a change means is seen in the artefacts. */
  NODES(""),
  /** {@code cloud.CloudDesign}. */
  CLOUD(
      "the cloud: barestack cloud plan shows what is different there; serve applies it by itself,"
          + " but changes nothing that may be in use"),
  /** {@code serve}, each time anew. */
  SERVE("serve takes it up by itself"),
  /** {@code serve}, once. */
  SERVE_START("serve takes it up when it is restarted"),
  /** Nobody. */
  NOTHING("nothing that is rendered or served depends on it");

  private final String words;

  Reach(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }
}

package dev.castra.torture;

/** Ways to disturb castra and its machines. */
enum Kind {
  KILL_CASTRA("SIGKILL castra"),
  INTERRUPT_CASTRA("SIGINT castra"),
  INTERRUPT_TWICE("SIGINT castra twice"),
  PAUSE_CASTRA("SIGSTOP castra for a while"),
  CUT_CONNECTIONS("cut connections"),
  STOP_GUEST("stop the SSH server for a while"),
  REFUSE_LOGIN("refuse authentication for a while"),
  NEW_HOST_KEY("restart with another host key"),
  CHANGE_INPUT("change the payload meanwhile"),
  KILL_QEMU("SIGKILL QEMU"),
  DOWN("castra down meanwhile");

  private final String label;

  Kind(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}

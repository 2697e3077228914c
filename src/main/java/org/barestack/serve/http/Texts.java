package org.barestack.serve.http;

import java.util.Map;
import org.barestack.boot.BootAnswer;
import org.barestack.boot.BootDesk.OpenInstall;
import org.barestack.boot.BootRequest;
import org.barestack.boot.ClaimAnswer;

/**
 * The texts that machines are sent, rendered elsewhere. Each may throw an UncheckedIOException for
 * what may pass: the request is then held and tried again. After any other RuntimeException the
 * machine is told that the server failed, and the log says why.
 */
public interface Texts {
  /** The iPXE script that asks {@code /boot/{mac}} for the machine it runs on. */
  String entry();

  /** The iPXE script that starts the installer. */
  String install(BootAnswer.Install answer, BootRequest request);

  /** The iPXE script that starts the local disk. */
  String localDisk(BootAnswer.LocalDisk answer, BootRequest request);

  /** What GRUB finds as its configuration; asks {@code /grub/{mac}} for the machine it runs on. */
  String grubEntry();

  /** The GRUB script that does what was answered. */
  String grub(BootAnswer answer, BootRequest request);

  /** The kickstart of an install: the same text however often it is asked for. */
  String kickstart(OpenInstall install);

  /**
   * What cloud-init reads of the seed of an install, by name: the same texts however often they are
   * asked for. An empty text is an answer.
   */
  Map<String, String> seed(OpenInstall install);

  /** The kickstart lines that write the granted disks. */
  String diskFragment(ClaimAnswer.Granted granted);
}

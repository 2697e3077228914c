package org.barestack.rehearse;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One machine of a lab, through any number of power cycles.
 *
 * <p>A reset ends its QEMU and starts another: in software translation the kernel was measured to
 * unpack an initramfs in 47 s after a reset within one QEMU, and in 1 s after a start.
 */
public final class VirtualMachine implements AutoCloseable {
  private final Lab lab;
  private final Qemu qemu;
  private final Accelerator accelerator;
  private final MachineSpec spec;
  private final Path directory;
  private final SerialConsole console;
  private final List<String> taps = new ArrayList<>();
  private @Nullable QemuProcess process;
  private @Nullable Thread supervisor;
  private boolean stopping;
  private List<InsertedMedium> media = List.of();

  /**
   * A machine that is off.
   *
   * @param directory where its serial log, and with UEFI its variable store, are kept
   * @param live gets each line of its serial port as it comes
   */
  public VirtualMachine(
      Lab lab,
      Qemu qemu,
      Accelerator accelerator,
      MachineSpec spec,
      Path directory,
      Consumer<String> live) {
    this.lab = lab;
    this.qemu = qemu;
    this.accelerator = accelerator;
    this.spec = spec;
    this.directory = directory;
    this.console =
        new SerialConsole(
            live, spec.firmware().uefi() ? TextScreen.UEFI_LINES : TextScreen.BIOS_LINES);
  }

  /** Everything that the serial port printed, as it came, over all power cycles. */
  public Path serialLog() {
    return directory.resolve(spec.name() + ".serial.log");
  }

  private Path variables() {
    return directory.resolve(spec.name() + ".vars.fd");
  }

  /**
   * Powers it on.
   *
   * @throws IllegalStateException if it is on
   */
  public synchronized void start() throws IOException {
    if (isOn()) {
      throw new IllegalStateException(spec.name() + " is on already");
    }
    while (taps.size() < spec.macs().size()) {
      taps.add(lab.addTap());
    }
    for (Disk disk : spec.disks()) {
      makeDisk(disk);
    }
    stopping = false;
    console.running();
    QemuProcess first = powerOn();
    process = first;
    supervisor = Thread.ofVirtual().name(spec.name()).start(() -> supervise(first));
  }

  private static void makeDisk(Disk disk) throws IOException {
    if (!Files.exists(disk.file())) {
      try (RandomAccessFile file = new RandomAccessFile(disk.file().toFile(), "rw")) {
        file.setLength((long) disk.gibibytes() << 30);
      }
    }
  }

  private QemuProcess powerOn() throws IOException {
    Qemu.Ovmf ovmf = qemu.ovmf(spec.firmware());
    boolean first = !Files.exists(variables());
    if (first && spec.firmware().uefi()) {
      Path whole = directory.resolve(spec.name() + ".vars.new");
      Files.copy(ovmf.variables(), whole, StandardCopyOption.REPLACE_EXISTING);
      Files.move(whole, variables(), StandardCopyOption.ATOMIC_MOVE);
    }
    return new QemuProcess(
        socket ->
            lab.command(
                qemu.command(
                    new Qemu.PowerOn(
                        spec, accelerator, taps, ovmf.code(), variables(), socket, first, media))),
        console,
        serialLog());
  }

  /** Starts QEMU again after each reset, until the machine is off. */
  private void supervise(QemuProcess first) {
    QemuProcess current = first;
    try {
      while (current.await() == QemuProcess.End.RESET) {
        synchronized (this) {
          if (stopping) {
            break;
          }
          current = powerOn();
          process = current;
        }
      }
      console.ended(spec.name() + " went off, QEMU's status " + current.status() + ",");
    } catch (IOException e) {
      console.ended(spec.name() + " failed: " + e.getMessage());
    } catch (InterruptedException e) {
      console.ended(spec.name() + " was interrupted");
    }
  }

  /**
   * Puts media in, in the place of those that were: from the next power-on or reset on. A machine
   * boots the first that is in it before all else; UEFI only at its first power-on, later by its
   * own boot order.
   */
  public synchronized void insert(InsertedMedium... inserted) {
    media = List.of(inserted);
  }

  /** What a terminal on its serial port shows: 80 columns, 25 lines or with UEFI 50. */
  public String screen() {
    return console.screen();
  }

  /**
   * Waits until the screen shows what {@code pattern} finds, and returns the screen.
   *
   * @throws TimeoutException if it does not within {@code limit}; the message has the screen
   * @throws IOException if the machine goes off before; so has this
   */
  public String awaitScreen(Pattern pattern, Duration limit)
      throws IOException, InterruptedException, TimeoutException {
    return console.awaitScreen(pattern, limit);
  }

  /**
   * Presses keys, one after the other.
   *
   * @param keys as QEMU calls them (QKeyCode), such as {@code ret}, {@code down} or {@code a}
   */
  public void press(String... keys) throws IOException {
    for (String key : keys) {
      running().press(key);
    }
  }

  /** Whether it has power. */
  public synchronized boolean isOn() {
    return supervisor != null && supervisor.isAlive();
  }

  /**
   * Waits for a line of the serial port: the first that {@code pattern} is found in, since {@link
   * #start} and after the one that the last call returned. Resets in between do not matter.
   *
   * @throws TimeoutException if none comes within {@code limit}; the message has the last lines
   * @throws IOException if the machine goes off before; so has this
   */
  public String await(Pattern pattern, Duration limit)
      throws IOException, InterruptedException, TimeoutException {
    return console.await(pattern, limit);
  }

  /**
   * Waits until it is off.
   *
   * @throws TimeoutException if it is still on after {@code limit}
   */
  public void awaitOff(Duration limit) throws InterruptedException, TimeoutException {
    Thread waiting;
    synchronized (this) {
      waiting = supervisor;
    }
    if (waiting != null && !waiting.join(limit)) {
      throw new TimeoutException(
          spec.name() + " is still on after " + limit.toSeconds() + " s; see " + serialLog());
    }
  }

  /** Presses the reset button. */
  public void reset() throws IOException {
    running().execute("system_reset");
  }

  /** Presses the power button: an ACPI event, which the operating system may obey. */
  public void pressPowerButton() throws IOException {
    running().execute("system_powerdown");
  }

  private synchronized QemuProcess running() {
    if (process == null || !isOn()) {
      throw new IllegalStateException(spec.name() + " is off");
    }
    return process;
  }

  /** Pulls the plug, and waits until it is off. Does nothing if it is off. */
  public void powerOff() throws InterruptedException {
    Thread waiting;
    synchronized (this) {
      stopping = true;
      if (process != null) {
        process.stop();
      }
      waiting = supervisor;
    }
    if (waiting != null) {
      waiting.join();
    }
  }

  /** Pulls the plug. The disks, the variable store and the log stay. */
  @Override
  public void close() {
    try {
      powerOff();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

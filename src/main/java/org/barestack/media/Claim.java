package org.barestack.media;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * A block device held for ourselves. Java opens none with O_EXCL, which is how Linux gives a device
 * to one user only: the kernel mounts none that is held so, and gives none that is mounted, swap
 * space, or part of a volume group, RAID or pool. Only root can write past that.
 */
@SuppressWarnings("restricted") // to call the C library is what this class is for
final class Claim implements Closeable {
  /** Those of Linux on x86_64 and aarch64. */
  private static final int O_RDONLY = 0;

  private static final int O_EXCL = 0200;
  private static final int O_CLOEXEC = 02000000;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle OPEN =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("open"),
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private final int descriptor;

  private Claim(int descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Takes one.
   *
   * @throws MediumException if somebody else has it, or it may not be opened
   */
  static Claim take(Path device) throws IOException {
    int descriptor;
    try (Arena arena = Arena.ofConfined()) {
      descriptor =
          (int)
              OPEN.invokeExact(
                  arena.allocateFrom(device.toString()), O_RDONLY | O_EXCL | O_CLOEXEC);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a native call throws nothing of its own", e);
    }
    if (descriptor < 0) {
      throw new MediumException(
          device
              + " cannot be had alone: something uses it (lsblk "
              + device
              + " shows what), or you may not open it (try sudo)");
    }
    return new Claim(descriptor);
  }

  @Override
  public void close() {
    try {
      int _ = (int) CLOSE.invokeExact(descriptor);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a native call throws nothing of its own", e);
    }
  }
}

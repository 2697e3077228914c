package org.barestack.serve.device;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The socket functions of the C library. All numbers are those of Linux on x86_64 and aarch64. */
@SuppressWarnings("restricted") // to call the C library is what this class is for
public final class CLibrary {
  public static final int SOCK_DGRAM = 2;
  public static final int CLOEXEC = 0x80000;
  public static final int NONBLOCK = 0x800;
  public static final short POLLIN = 1;

  public static final int EPERM = 1;
  public static final int EINTR = 4;
  public static final int EAGAIN = 11;
  public static final int EACCES = 13;
  public static final int ENODEV = 19;
  public static final int EADDRINUSE = 98;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  public static final MethodHandle SOCKET =
      function("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  public static final MethodHandle SETSOCKOPT =
      function("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  public static final MethodHandle BIND = function("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  public static final MethodHandle EVENTFD = function("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
  public static final MethodHandle POLL = function("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  public static final MethodHandle RECVFROM =
      function("recvfrom", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS);
  public static final MethodHandle RECVMMSG =
      function("recvmmsg", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
  public static final MethodHandle SENDTO =
      function("sendto", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
  public static final MethodHandle WRITE =
      function("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  public static final MethodHandle CLOSE = function("close", JAVA_INT, JAVA_INT);
  private static final MethodHandle STRERROR =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private CLibrary() {}

  private static MethodHandle function(
      String name, ValueLayout result, MemoryLayout... parameters) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, parameters),
        Linker.Option.captureCallState("errno"));
  }

  /** A call, given the place for its errno. */
  @FunctionalInterface
  public interface NativeCall {
    long run(MemorySegment errno) throws Throwable;
  }

  /** A call that failed. */
  public static final class NativeException extends IOException {
    private static final long serialVersionUID = 1;

    private final int errno;

    NativeException(int errno) {
      super(message(errno));
      this.errno = errno;
    }

    /** As errno(3) has it. */
    public int errno() {
      return errno;
    }

    private static String message(int errno) {
      try {
        MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
        return text.reinterpret(Long.MAX_VALUE).getString(0);
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }
  }

  /** The call's result, or an exception with errno if that is negative. */
  public static long call(NativeCall call) throws NativeException {
    try (Arena arena = Arena.ofConfined()) {
      return call(errno(arena), call);
    }
  }

  /** A place for the errno of calls that one thread makes. */
  public static MemorySegment errno(Arena arena) {
    return arena.allocate(ERRNO_LAYOUT);
  }

  /** The same for calls that are made often: with a place for errno that is there already. */
  public static long call(MemorySegment errno, NativeCall call) throws NativeException {
    try {
      long result = call.run(errno);
      if (result < 0) {
        throw new NativeException((int) ERRNO.get(errno, 0L));
      }
      return result;
    } catch (NativeException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a native call throws nothing of its own", e);
    }
  }
}

package org.barestack.cloud;

/** A call that brought no result. */
public final class CloudException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why a call brought no result. */
  public sealed interface Fault {
    /**
     * CloudStack refused it, or its job failed.
     *
     * @param code CloudStack's errorcode: 401 (login, signature or unknown command), 431
     *     (parameter), 530 (state or internal), 531 (permission)
     * @param text CloudStack's errortext
     */
    record Refused(Call call, int code, String text) implements Fault {}

    /** The server is there and not up: it answers 503 while it starts, or for ever if it cannot. */
    record Starting(Call call) implements Fault {}

    /** Nobody answered, or not in time. The call may have been carried out all the same. */
    record NotReached(Call call, String reason) implements Fault {}

    /** Somebody answered who is not CloudStack, or in a form that nobody expects. */
    record Unexpected(Call call, String reason) implements Fault {}
  }

  private final transient Fault fault;

  public CloudException(Fault fault) {
    super(text(fault));
    this.fault = fault;
  }

  /** What happened. */
  public Fault fault() {
    return fault;
  }

  private static String text(Fault fault) {
    return switch (fault) {
      case Fault.Refused(Call call, int code, String text) ->
          call.command() + ": CloudStack says " + code + ": " + text;
      case Fault.Starting(Call call) -> call.command() + ": CloudStack is starting (503)";
      case Fault.NotReached(Call call, String reason) ->
          call.command() + ": CloudStack was not reached: " + reason;
      case Fault.Unexpected(Call call, String reason) ->
          call.command() + ": that is no answer of CloudStack: " + reason;
    };
  }
}

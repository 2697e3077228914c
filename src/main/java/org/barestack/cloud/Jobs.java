package org.barestack.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.barestack.cloud.CloudException.Fault;

/** Waits for what CloudStack does by itself after it has answered. */
final class Jobs {
  /** Jobs of a fresh zone took 0.5 to 2.5 s. */
  private static final Duration FIRST = Duration.ofMillis(100);

  private static final Duration LONGEST = Duration.ofSeconds(3);
  private static final int PENDING = 0;
  private static final int FAILED = 2;

  private final CloudApi api;
  private final Answers answers;
  private final Duration deadline;

  Jobs(CloudApi api, Answers answers, Duration deadline) {
    this.api = api;
    this.answers = answers;
    this.deadline = deadline;
  }

  /** What a job came to. */
  JsonNode result(Call call, String id) {
    Call ask = Call.of("queryAsyncJobResult", "jobid", id);
    Pauses pauses = new Pauses(FIRST, LONGEST, deadline);
    while (true) {
      JsonNode job;
      try {
        job = api.call(ask);
      } catch (CloudException e) {
        throw e.fault() instanceof Fault.NotReached(Call _, String reason)
            ? goesOn(call, id, reason)
            : e;
      }
      int status = job.path("jobstatus").asInt(-1);
      if (status < PENDING || status > FAILED) {
        throw answers.unexpected(call, "its job " + id + " has no status that is known");
      }
      if (status != PENDING) {
        return answers.result(call, job, status == FAILED);
      }
      try {
        if (!pauses.pause()) {
          throw goesOn(call, id, "not over after " + deadline.toMinutes() + " min");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw goesOn(call, id, "the wait was broken off here");
      }
    }
  }

  private static CloudException goesOn(Call call, String id, String reason) {
    return new CloudException(
        new Fault.NotReached(call, reason + "; its job " + id + " goes on at the server"));
  }
}

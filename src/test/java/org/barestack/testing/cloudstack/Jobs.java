package org.barestack.testing.cloudstack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.barestack.cloud.Call;
import org.jspecify.annotations.Nullable;

/**
 * Asynchronous calls. A job's work is done at its end, not when it is ordered: after it was asked
 * for often enough, or, if nobody asks, after some other calls came in, as a server goes on whose
 * client has died.
 */
final class Jobs {
  private static final class Job {
    final String id;
    final Call call;
    final Answer.Job answer;
    int asked;
    int others;
    boolean ended;
    @Nullable ObjectNode result;
    @Nullable Refusal failure;

    Job(String id, Call call, Answer.Job answer) {
      this.id = id;
      this.call = call;
      this.answer = answer;
    }

    boolean failed() {
      return failure != null;
    }
  }

  private final State state;
  private final Map<String, Job> jobs = new LinkedHashMap<>();
  int polls = 1;
  int outlast = 4;
  boolean held;

  Jobs(State state, Commands commands) {
    this.state = state;
    commands.put("queryAsyncJobResult", this::query);
  }

  /** What the call that orders a job is answered. */
  ObjectNode order(Call call, Answer.Job answer) {
    Job job = new Job(state.freshId(), call, answer);
    jobs.put(job.id, job);
    Thing instance = answer.instance();
    if (instance != null) {
      instance.hidden.put("jobid", job.id);
    }
    ObjectNode body = Shapes.empty();
    Thing created = answer.created();
    if (created != null) {
      body.put("id", created.id);
    }
    return body.put("jobid", job.id);
  }

  /** Another call came in. */
  void tick() {
    for (Job job : new ArrayList<>(jobs.values())) {
      job.others++;
      if (!held && job.others > outlast) {
        end(job);
      }
    }
  }

  void endAll() {
    new ArrayList<>(jobs.values()).forEach(Jobs::end);
  }

  List<String> pending() {
    return jobs.values().stream().filter(job -> !job.ended).map(job -> job.call.command()).toList();
  }

  private static void end(Job job) {
    if (job.ended) {
      return;
    }
    job.ended = true;
    try {
      job.result = job.answer.work().get();
    } catch (Refusal refusal) {
      job.failure = refusal;
    }
  }

  private Answer query(Request request) {
    String id = request.need("jobid");
    Job job = jobs.get(id);
    if (job == null) {
      throw Refusal.invalid(request.call().command(), "jobid", id);
    }
    if (!held && job.asked++ >= polls) {
      end(job);
    }
    Thing user = state.all(Kind.USER).getFirst();
    JsonNode shape = Shapes.node("job").path(job.call.command());
    ObjectNode body = Shapes.empty();
    body.put("accountid", user.text("accountid"))
        .put("account", user.text("account"))
        .put("domainid", user.text("domainid"))
        .put("domainpath", "ROOT")
        .put("userid", user.id)
        .put("cmd", shape.path("cmd").asText())
        .put("jobprocstatus", 0)
        .put("jobresultcode", 0);
    Refusal failure = job.failure;
    if (job.ended) {
      body.put("jobresulttype", "object");
      if (failure == null) {
        body.set("jobresult", job.result);
      } else {
        body.put("jobresultcode", failure.code);
        body.putObject("jobresult").put("errorcode", failure.code).put("errortext", failure.text);
      }
    }
    if (shape.has("jobinstancetype")) {
      body.put("jobinstancetype", shape.path("jobinstancetype").asText());
      Thing instance = job.answer.instance();
      if (instance != null) {
        body.put("jobinstanceid", instance.id);
      }
    }
    body.put("created", "2026-11-22T13:02:37+0000");
    if (job.ended) {
      body.put("completed", "2026-11-22T13:02:38+0000");
    }
    body.put("jobid", job.id).put("jobstatus", job.ended ? job.failed() ? 2 : 1 : 0);
    return new Answer.Now(body);
  }
}

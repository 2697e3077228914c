package org.barestack.cloud;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.barestack.cloud.CloudException.Fault;
import org.barestack.model.PlainText;

/** What CloudStack's answers look like, and what is none of them. */
final class Answers {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final int UNAVAILABLE = 503;
  private static final String CODE = "errorcode";

  private final Mask mask;

  Answers(Mask mask) {
    this.mask = mask;
  }

  /**
   * The object inside of an answer: there is one top-level key, {@code <command>response} or {@code
   * errorresponse}. The content type is not looked at, as it is a setting of CloudStack's.
   */
  JsonNode inside(Call call, Transport.Reply reply) {
    int status = reply.status();
    if (status >= 300 && status < 400) {
      String to = reply.headers().firstValue("Location").orElse("nowhere");
      throw unexpected(
          call, "HTTP " + status + ", a redirection to " + to.replaceAll("[?#].*", ""));
    }
    ObjectNode inside;
    try {
      inside = object(reply.body());
    } catch (IOException e) {
      if (status == UNAVAILABLE) {
        throw new CloudException(new Fault.Starting(call));
      }
      throw unexpected(call, "HTTP " + status + ", " + sample(reply));
    }
    if (inside.has(CODE) || inside.has("errortext")) {
      throw refused(call, inside, status);
    }
    if (status != 200) {
      throw unexpected(call, "HTTP " + status + " without an errorcode");
    }
    return inside;
  }

  /** The result of a job that is over. */
  JsonNode result(Call call, JsonNode job, boolean failed) {
    JsonNode result = job.path("jobresult");
    if (failed) {
      throw refused(call, result, job.path("jobresultcode").asInt(0));
    }
    return result.isObject() ? result : JSON.createObjectNode();
  }

  private CloudException refused(Call call, JsonNode words, int otherwise) {
    String text = words.path("errortext").asText("");
    return new CloudException(
        new Fault.Refused(
            call,
            words.path(CODE).asInt(otherwise),
            text.isBlank() ? "(no reason given)" : mask.of(text).strip()));
  }

  CloudException unexpected(Call call, String reason) {
    return new CloudException(new Fault.Unexpected(call, mask.of(reason)));
  }

  private static ObjectNode object(String body) throws IOException {
    JsonNode whole = JSON.readTree(body);
    if (whole instanceof ObjectNode outer && outer.size() == 1) {
      Map.Entry<String, JsonNode> only = outer.properties().iterator().next();
      if (only.getKey().toLowerCase(Locale.ROOT).endsWith("response")
          && only.getValue() instanceof ObjectNode inner) {
        return inner;
      }
    }
    throw new IOException("no object of CloudStack's");
  }

  /** How a body begins that is no answer. */
  private static String sample(Transport.Reply reply) {
    if (reply.body().isEmpty()) {
      return "with nothing in it";
    }
    String type = reply.headers().firstValue("Content-Type").orElse("no content type");
    return type + ": " + PlainText.cut(reply.body(), 80);
  }
}

package org.barestack.testing.cloudstack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The plainest client there can be: it sends what it is told and shows what comes back. */
final class DoubleClient implements AutoCloseable {
  private final URI api;
  private final HttpClient http;
  private String cookie = "";
  private String key = "";

  DoubleClient(URI api, HttpClient http) {
    this.api = api;
    this.http = http;
  }

  DoubleClient(CloudStackDouble server) {
    this(server.api(), HttpClient.newHttpClient());
  }

  @Override
  public void close() {
    http.close();
  }

  /** An answer: HTTP status and the object inside of the only key. */
  record Reply(int status, JsonNode all, String headers) {
    JsonNode body() {
      return all.elements().hasNext() ? all.elements().next() : all;
    }

    String error() {
      return body().path("errortext").asText();
    }

    /** The first of a list. */
    JsonNode first(String word) {
      return body().path(word).path(0);
    }
  }

  static Map<String, String> parameters(String... namesAndValues) {
    Map<String, String> parameters = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      parameters.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return parameters;
  }

  static String encoded(Map<String, String> parameters) {
    StringBuilder text = new StringBuilder();
    parameters.forEach((name, value) ->
        text.append(text.isEmpty() ? "" : "&")
            .append(URLEncoder.encode(name, UTF_8))
            .append('=')
            .append(URLEncoder.encode(value, UTF_8)));
    return text.toString();
  }

  Reply login(String user, String password) {
    Reply reply =
        send(
            true,
            parameters(
                "command",
                "login",
                "username",
                user,
                "password",
                password,
                "domain",
                "/",
                "response",
                "json"),
            "");
    if (reply.status == 200) {
      key = reply.body().path("sessionkey").asText();
      cookie = reply.headers.replaceAll(".*(JSESSIONID=[^;]+).*", "$1");
    }
    return reply;
  }

  /** By the session, without a session key if it is told so. */
  Reply unkeyed(String command, String... namesAndValues) {
    Map<String, String> all = parameters(namesAndValues);
    all.put("command", command);
    all.put("response", "json");
    return send(true, all, cookie);
  }

  Reply call(String command, String... namesAndValues) {
    return call(command, parameters(namesAndValues));
  }

  Reply call(String command, Map<String, String> parameters) {
    Map<String, String> all = new TreeMap<>(parameters);
    all.put("command", command);
    all.put("response", "json");
    all.put("sessionkey", key);
    return send(true, all, cookie);
  }

  /** Calls and, if it is a job, asks until it has ended. */
  JsonNode done(String command, String... namesAndValues) {
    return job(call(command, namesAndValues));
  }

  /** The finished job of an answer, or the answer itself if it is none. */
  JsonNode job(Reply reply) {
    String id = reply.body().path("jobid").asText();
    if (id.isEmpty()) {
      return reply.body();
    }
    for (int i = 0; i < 100; i++) {
      JsonNode job = call("queryAsyncJobResult", "jobid", id).body();
      if (job.path("jobstatus").asInt() != 0) {
        return job;
      }
    }
    throw new IllegalStateException("the job does not end: " + reply.all);
  }

  Reply send(boolean post, Map<String, String> all, String cookies) {
    HttpRequest.Builder request =
        post
            ? HttpRequest.newBuilder(api)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(encoded(all)))
            : HttpRequest.newBuilder(URI.create(api + "?" + encoded(all)));
    if (!cookies.isEmpty()) {
      request.header("Cookie", cookies);
    }
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      @Nullable JsonNode body =
          response.body().startsWith("{") ? Shapes.JSON.readTree(response.body()) : null;
      return new Reply(
          response.statusCode(),
          body == null ? Shapes.empty() : body,
          response.headers().firstValue("Set-Cookie").orElse(""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  String cookie() {
    return cookie;
  }
}

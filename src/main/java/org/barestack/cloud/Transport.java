package org.barestack.cloud;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.barestack.cloud.CloudException.Fault;
import org.jspecify.annotations.Nullable;

/** Carries forms to one server, and brings back what it answers; knows nothing of CloudStack. */
final class Transport implements AutoCloseable {
  /** Octets. A page of 500 of CloudStack's fullest records is below 4 MiB. */
  private static final long LONGEST = 32L << 20;

  /** CloudStack's server has 500 threads for all who call. */
  private static final int AT_ONCE = 32;

  /** Of these, calls that may hold their connection for minutes; the others must come through. */
  private static final int SLOW_AT_ONCE = 16;

  /** From when on a call counts as slow. */
  private static final Duration SLOW = Duration.ofMinutes(2);

  private static final String BROKEN_OFF = "the call was broken off here";

  private final URI endpoint;
  private final HttpClient client;
  private final Semaphore quick = new Semaphore(AT_ONCE - SLOW_AT_ONCE, true);
  private final Semaphore slow = new Semaphore(SLOW_AT_ONCE, true);

  Transport(URI endpoint, @Nullable X509Certificate authority, Duration connect) {
    this.endpoint = endpoint;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(connect)
            .executor(Executors.newVirtualThreadPerTaskExecutor());
    if (authority != null) {
      builder.sslContext(SiteTrust.context(authority));
    }
    client = builder.build();
  }

  /** What came back. */
  record Reply(int status, HttpHeaders headers, String body) {
    @Override
    public String toString() {
      return "HTTP " + status + ", " + body.length() + " characters";
    }
  }

  /**
   * Sends a form by POST: what stands in a URL stands in access logs.
   *
   * @param call for faults: what the form says
   * @param cookies to send along, or empty
   */
  Reply post(Call call, Map<String, String> form, String cookies, Duration deadline) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint)
            .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            .header("Accept", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(Signature.form(form)));
    if (!cookies.isEmpty()) {
      request.header("Cookie", cookies);
    }
    return exchange(call, request.build(), deadline);
  }

  private Reply exchange(Call call, HttpRequest request, Duration deadline) {
    Semaphore turns = deadline.compareTo(SLOW) < 0 ? quick : slow;
    try {
      turns.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CloudException(notReached(call, BROKEN_OFF, false));
    }
    CompletableFuture<HttpResponse<String>> coming =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofString(UTF_8), LONGEST));
    try {
      // Unlike the timeout of a request this one counts to the end of the body.
      HttpResponse<String> response = coming.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      return new Reply(response.statusCode(), response.headers(), response.body());
    } catch (InterruptedException e) {
      coming.cancel(true);
      Thread.currentThread().interrupt();
      throw new CloudException(notReached(call, BROKEN_OFF, true));
    } catch (TimeoutException e) {
      coming.cancel(true);
      throw new CloudException(notReached(call, noAnswer(deadline), true));
    } catch (ExecutionException e) {
      throw new CloudException(fault(call, e.getCause()));
    } finally {
      turns.release();
    }
  }

  private static String noAnswer(Duration deadline) {
    return "no answer in " + deadline.toSeconds() + " s";
  }

  /** The outermost exception is general; one of its causes says what it was. */
  private Fault fault(Call call, @Nullable Throwable thrown) {
    List<Throwable> causes =
        Stream.iterate(thrown, Objects::nonNull, Throwable::getCause).limit(20).toList();
    for (Throwable each : causes) {
      String message = String.valueOf(each.getMessage());
      if (each instanceof SiteTrust.Distrusted) {
        return unexpected(call, message);
      }
      if (each instanceof SSLException && message.contains("SSL message")) {
        return unexpected(call, "it does not speak TLS");
      }
      if (each instanceof ProtocolException) {
        return unexpected(call, "it does not speak HTTP");
      }
      if (each instanceof IOException && message.contains("exceeds capacity")) {
        return unexpected(call, "an answer of more than " + (LONGEST >> 20) + " MiB");
      }
      if (each instanceof UnresolvedAddressException) {
        return notReached(call, "the name " + endpoint.getHost() + " has no address", false);
      }
      if (each instanceof HttpConnectTimeoutException) {
        return notReached(call, "no connection in time", false);
      }
    }
    for (Throwable each : causes) {
      if (each instanceof NoRouteToHostException) {
        return notReached(call, "no route to host", false);
      }
      if (each instanceof ConnectException) {
        String reason = String.valueOf(each.getMessage());
        return notReached(
            call, reason.contains("unreachable") ? reason : "connection refused", false);
      }
    }
    return notReached(call, "the connection broke (" + thrown + ")", true);
  }

  private Fault unexpected(Call call, String reason) {
    return new Fault.Unexpected(call, endpoint.getAuthority() + ": " + reason);
  }

  private Fault notReached(Call call, String reason, boolean sent) {
    String may = sent && !call.reads() ? "; it may have been carried out all the same" : "";
    return new Fault.NotReached(call, endpoint.getAuthority() + ": " + reason + may);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}

package org.barestack.cloud;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.barestack.cloud.CloudException.Fault;
import org.barestack.cloud.Diagnoses.Context;
import org.barestack.model.Secret;
import org.barestack.testing.Fuzz;
import org.junit.jupiter.api.Test;

/** Whatever a server answers, what comes of it is a result or a fault. */
public class CloudFuzzTest {
  private static final List<Integer> STATUS = List.of(200, 200, 401, 431, 503, 302, 0);
  private static final HttpHeaders HEADERS =
      HttpHeaders.of(
          Map.of("Location", List.of("https://x/?y"), "Content-Type", List.of("text/x")),
          (_, _) -> true);
  private static final String SECRET = "secret-key-1";

  /** An input: an octet that chooses the status, then the body. */
  @Test
  void everyAnswerIsAResultOrAFault() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(input(4, "<html>Service Unavailable</html>"));
    for (String job :
        List.of(
            "{\"jobstatus\":0}",
            "{\"jobstatus\":1,\"jobresult\":{\"zone\":{\"id\":\"z\"}}}",
            "{\"jobstatus\":2,\"jobresultcode\":530,\"jobresult\":{\"errorcode\":431,\"errortext\":\"No\"}}")) {
      seeds.add(input(0, "{\"queryasyncjobresultresponse\":" + job + "}"));
    }
    TreeSet<String> known = new TreeSet<>();
    for (String line :
        Files.readAllLines(Path.of("src/test/resources/cloudstack/transcript.jsonl"))) {
      JsonNode call = new ObjectMapper().readTree(line);
      String command = call.path("command").asText();
      if (known.add(command + call.path("http").asText())) {
        seeds.add(
            input(
                Math.max(0, STATUS.indexOf(call.path("http").asInt())),
                "{\""
                    + command.toLowerCase(Locale.ROOT)
                    + "response\":"
                    + call.path("body")
                    + "}"));
      }
    }
    assertThat(seeds).hasSizeGreaterThan(40);
    List<byte[]> words =
        Stream.of(
                "{",
                "}",
                "[",
                "]",
                "\"\":",
                "null",
                "-1",
                "1e999999999",
                "\"errorcode\":",
                "\"errortext\":",
                "\"errorresponse\":",
                "\"jobstatus\":2,",
                "\"jobresult\":",
                "\"count\":",
                "\"zone\":[{}],",
                "\\u0000",
                "\\ud800",
                SECRET,
                "[".repeat(2000))
            .map(word -> word.getBytes(UTF_8))
            .toList();
    Fuzz.run("cloud", 60_000, seeds, words, CloudFuzzTest::shape);
  }

  private static byte[] input(int status, String body) {
    byte[] text = body.getBytes(UTF_8);
    byte[] input = new byte[text.length + 1];
    input[0] = (byte) status;
    System.arraycopy(text, 0, input, 1, text.length);
    return input;
  }

  /** For the coverage-guided fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    shape(input);
  }

  private static Object shape(byte[] input) {
    if (input.length == 0) {
      return "nothing";
    }
    Mask mask = new Mask();
    mask.hide(new Secret(SECRET));
    Answers answers = new Answers(mask);
    Transport.Reply reply =
        new Transport.Reply(
            STATUS.get((input[0] & 255) % STATUS.size()),
            HEADERS,
            new String(input, 1, input.length - 1, UTF_8));
    CloudApi api = call -> answers.inside(call, reply);
    return Arrays.asList(
        outcome(() -> api.call(Call.of("createZone")).getNodeType()),
        outcome(() -> Math.min(2, CloudLists.list(api, Call.of("listZones"), "zone").size())),
        outcome(() ->
            new Jobs(api, answers, Duration.ZERO)
                .result(Call.of("createZone"), "job-1")
                .getNodeType()));
  }

  private interface Act {
    Object act();
  }

  private static Object outcome(Act act) {
    try {
      return act.act();
    } catch (CloudException e) {
      assertThat(e.getMessage())
          .doesNotContain(SECRET)
          .hasSizeLessThan(2200)
          .doesNotContainPattern("[\\p{Cntrl}]");
      Diagnosis diagnosis = Diagnoses.of(e.fault(), new Context("mgmt1", "kvm1"));
      assertThat(diagnosis.remedy()).isNotBlank();
      return e.fault() instanceof Fault.Refused(Call _, int code, String _)
          ? Integer.signum(code)
          : e.fault().getClass();
    }
  }
}

package org.barestack.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.barestack.model.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SignatureTest {
  /** Of the example in CloudStack's own guide for API clients. */
  private static final Secret KEY =
      new Secret(
          "VDaACYb0LV9eNjTetIOElcVQkvJck_J_QljX_FcHRj87ZKiy0z0ty0ZsYBkoXkY9b7eq1EhwJaw7FF3akA3KBQ");

  /**
   * What is signed, and its HMAC.
   *
   * @param signature by {@code printf %s TEXT | openssl dgst -sha1 -hmac KEY -binary | base64}
   */
  record Row(String name, Map<String, String> parameters, String text, String signature) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Row> table() {
    return Stream.of(
        new Row(
            "tilde is encoded, star is not, space is %20, plus is %2b",
            Map.of(
                "apiKey", "KEY", "command", "listZones", "response", "json", "name", "A~b*C d+E"),
            "apikey=key&command=listzones&name=a%7eb*c%20d%2be&response=json",
            "kAnvgVYB7XoaoFAt+QuUZhuojK0="),
        new Row(
            "unicode goes by its octets in UTF-8",
            Map.of(
                "apiKey",
                "KEY",
                "command",
                "listZones",
                "response",
                "json",
                "name",
                "Zürich € \uD83D\uDE00"),
            "apikey=key&command=listzones&name=z%c3%bcrich%20%e2%82%ac%20%f0%9f%98%80&response=json",
            "KOaowk29V4dgw1ASt4fXsROxTnw="),
        new Row(
            "names are not encoded",
            Map.of(
                "command",
                "updateZone",
                "id",
                "7",
                "details[0].key",
                "a.b",
                "details[0].value",
                "x/y=z&#"),
            "command=updatezone&details[0].key=a.b&details[0].value=x%2fy%3dz%26%23&id=7",
            "juB25P3B+VCt5wQV+8n253VTvc0="),
        new Row(
            "sorted before all becomes lower case: capitals come first",
            Map.of("account", "a", "apiKey", "K", "Zone", "1"),
            "zone=1&account=a&apikey=k",
            "EUbv5JE27WV8bZC52a8fMzOgD7o="),
        new Row(
            "an empty value",
            Map.of("command", "updateConfiguration", "value", ""),
            "command=updateconfiguration&value=",
            "4xGb3nXmZL8EOFRTeYevnGzLylQ="),
        new Row(
            "line breaks, percent signs, quotes, brackets",
            Map.of("command", "x", "name", "A\nb%\"'()!"),
            "command=x&name=a%0ab%25%22%27%28%29%21",
            "JEWxyDlgDxgn6dBVyChmN17Cwkk="),
        new Row(
            "the example of CloudStack's guide",
            Map.of(
                "apiKey",
                "plgWJfZK4gyS3mOMTVmjUVg-X-jlWlnfaUJ9GAbBbf9EdM-kAYMmAiLqzzq1ElZLYq_u38zCm0bewzGUdP66mg",
                "command",
                "listUsers",
                "response",
                "json"),
            "apikey=plgwjfzk4gys3momtvmjuvg-x-jlwlnfauj9gabbbf9edm-kaymmailqzzq1elzlyq_u38zcm0bewzgudp66mg"
                + "&command=listusers&response=json",
            "TTpdDq/7j/J58XCRHomKoQXEQds="));
  }

  @ParameterizedTest
  @MethodSource("table")
  void signsAsCloudStackDoes(Row row) {
    assertThat(Signature.signed(row.parameters())).isEqualTo(row.text());
    assertThat(Signature.of(KEY, row.parameters())).isEqualTo(row.signature());
  }

  @Test
  void aFormEncodesNamesToo() {
    assertThat(Signature.form(Map.of("details[0].key", "a b~*", "id", "ü")))
        .isEqualTo("details%5B0%5D.key=a+b%7E*&id=%C3%BC");
  }
}

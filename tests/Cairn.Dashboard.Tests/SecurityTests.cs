using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cairn.Dashboard.Tests;

/// <summary>What untrusted clients can't do to a page and its training.</summary>
public sealed class SecurityTests
{
    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:6110")]
    [InlineData("localhost.evil.example")]
    [InlineData("192.168.0.7")]
    [InlineData("8.8.8.8:80")]
    public void A_foreign_host_name_is_refused(string host)
    {
        using var client = new Client();
        Assert.Equal(HttpStatusCode.Forbidden, client.Get("/", ("Host", host)));
        Assert.Equal(HttpStatusCode.Forbidden, client.Get("/api/runs", ("Host", host)));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("localhost:8000")] // through a tunnel
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:6110")]
    public void The_names_of_this_machine_are_answered(string host)
    {
        using var client = new Client();
        Assert.Equal(HttpStatusCode.OK, client.Get("/api/runs", ("Host", host)));
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("http://localhost:1")]
    [InlineData("https://127.0.0.1")]
    [InlineData("null")]
    public void A_foreign_origin_is_refused_with_and_without_the_token(string origin)
    {
        using var client = new Client();
        client.Server.Runs.Add(new FixedRun("a"));
        Assert.Equal(HttpStatusCode.Forbidden, client.Get("/api/runs", ("Origin", origin)));
        Assert.Equal(HttpStatusCode.Forbidden, client.Post("/api/runs/a/actions", "{\"action\":\"stop\"}", ("Origin", origin),
            ("X-Cairn-Token", client.Server.Token)).StatusCode);
    }

    [Fact]
    public void A_request_that_the_browser_marks_as_another_sites_is_refused_but_a_link_to_the_page_is_not()
    {
        using var client = new Client();
        Assert.Equal(HttpStatusCode.Forbidden, client.Get("/api/runs", ("Sec-Fetch-Site", "cross-site")));
        Assert.Equal(HttpStatusCode.Forbidden, client.Get("/api/runs", ("Sec-Fetch-Site", "same-site")));
        Assert.Equal(HttpStatusCode.OK, client.Get("/api/runs", ("Sec-Fetch-Site", "same-origin")));
        Assert.Equal(HttpStatusCode.OK, client.Get("/", ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")));
    }

    [Fact]
    public void Without_the_token_nothing_is_changed()
    {
        using var client = new Client();
        var run = new FixedRun("a");
        client.Server.Runs.Add(run);
        const string Stop = "{\"action\":\"stop\"}";
        Assert.Equal(HttpStatusCode.Unauthorized, client.Post("/api/runs/a/actions", Stop).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, client.Post("/api/runs/a/actions", Stop, ("X-Cairn-Token", "")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized,
            client.Post("/api/runs/a/actions", Stop, ("X-Cairn-Token", client.Server.Token[..^1])).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized,
            client.Post($"/api/runs/a/actions?token={client.Server.Token}", Stop, ("X-Cairn-Token", "0")).StatusCode);
        Assert.Empty(run.Asked);
        Assert.Equal(HttpStatusCode.Accepted, client.Act("a", Stop).StatusCode);
        Assert.Single(run.Asked);
    }

    [Theory]
    [InlineData("/../../etc/passwd")]
    [InlineData("/..%2f..%2fetc%2fpasswd")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/api/runs/a/files/../../../../etc/passwd")]
    [InlineData("/api/runs/a/files/..%2f..%2fetc%2fpasswd")]
    [InlineData("/api/runs/..%2f..%2fetc/stream")]
    [InlineData("/api/runs/a/files/-1")]
    [InlineData("/api/runs/a/files/99999999999999999999")]
    [InlineData("/api/runs/a/images/0/0")]
    [InlineData("/api/runs/a/")]
    [InlineData("/style.css/")]
    public void No_address_leads_to_a_file(string path)
    {
        using var client = new Client();
        client.Server.Runs.Add(new FixedRun("a"));
        string answer = Raw(client, $"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("{\"action\":1}", HttpStatusCode.BadRequest)]
    [InlineData("{\"action\":\"delete\"}", HttpStatusCode.BadRequest)]
    [InlineData("{\"action\":\"rate\"}", HttpStatusCode.BadRequest)]
    [InlineData("{\"action\":\"rate\",\"value\":0}", HttpStatusCode.BadRequest)]
    [InlineData("{\"action\":\"rate\",\"value\":-1}", HttpStatusCode.BadRequest)]
    [InlineData("{\"action\":\"rate\",\"value\":1e300}", HttpStatusCode.BadRequest)]
    [InlineData("{\"action\":\"rate\",\"value\":1e-300}", HttpStatusCode.BadRequest)]
    [InlineData("{\"action\":\"rate\",\"value\":\"0.1\"}", HttpStatusCode.BadRequest)]
    [InlineData("{\"action\":\"note\"}", HttpStatusCode.BadRequest)]
    [InlineData("{\"action\":\"note\",\"text\":\" \"}", HttpStatusCode.BadRequest)]
    [InlineData("{\"action\":\"note\",\"text\":\"\\ud800\"}", HttpStatusCode.BadRequest)]
    [InlineData("{\"action\":\"stop\"", HttpStatusCode.BadRequest)]
    [InlineData("[[[[[[[[[[[[[[[[", HttpStatusCode.BadRequest)]
    public void A_malformed_action_is_answered_and_not_done(string body, HttpStatusCode status)
    {
        using var client = new Client();
        var run = new FixedRun("a");
        client.Server.Runs.Add(run);
        Assert.Equal(status, client.Act("a", body).StatusCode);
        Assert.Empty(run.Asked);
    }

    [Fact]
    public void A_post_that_is_too_large_or_of_another_type_or_method_is_answered()
    {
        using var client = new Client();
        client.Server.Runs.Add(new FixedRun("a"));
        string large = $"{{\"action\":\"note\",\"text\":\"{new string('x', 20_000)}\"}}";
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, client.Act("a", large).StatusCode);
        (string, string) token = ("X-Cairn-Token", client.Server.Token);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, client.Send(HttpMethod.Post, "/api/runs/a/actions",
            new StringContent("action=stop", Encoding.UTF8, "application/x-www-form-urlencoded"), token).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, client.Send(HttpMethod.Put, "/api/runs/a/actions", null, token).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, client.Send(HttpMethod.Delete, "/api/runs", null, token).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, client.Act("b", "{\"action\":\"stop\"}").StatusCode);
    }

    [Theory]
    [InlineData("GARBAGE\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    public void What_is_no_request_gets_an_error_and_the_next_one_an_answer(string text)
    {
        using var client = new Client();
        string answer = Raw(client, text);
        Assert.StartsWith("HTTP/1.1 4", answer, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, client.Get("/"));
    }

    [Fact]
    public void Every_answer_forbids_scripts_of_others_frames_and_guessing_of_types()
    {
        using var client = new Client();
        foreach (string path in (string[])["/", "/run.js", "/api/runs", "/nothing"])
        {
            using HttpResponseMessage answer = client.Send(HttpMethod.Get, path, null);
            string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task The_page_names_no_other_address()
    {
        using var client = new Client();
        foreach (string path in (string[])["/", "/style.css", "/base.js", "/run.js", "/runs.js", "/charts.js", "/main.js"])
        {
            string text = (await client.Send(HttpMethod.Get, path, null).Content.ReadAsStringAsync())
                .Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
            Assert.DoesNotContain("://", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_thousand_idle_connections_and_a_slow_one_leave_room_for_others()
    {
        using var client = new Client();
        var idle = new List<Socket>();
        try
        {
            for (int i = 0; i < 1000; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Connect(IPAddress.Loopback, client.Server.Port);
                idle.Add(socket);
            }

            // A request that never ends.
            idle[0].Send("POST /api/runs/a/actions HTTP/1.1\r\nHost: localhost\r\nContent-Le"u8);
            Assert.Equal(HttpStatusCode.OK, client.Get("/"));
            Assert.Equal(HttpStatusCode.OK, client.Get("/api/runs"));
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public void A_page_that_is_opened_to_others_is_reached_by_addresses_but_not_by_foreign_names()
    {
        using var client = new Client(host: "0.0.0.0");
        Assert.False(client.Server.IsLoopback);
        Assert.Equal(HttpStatusCode.OK, client.Get("/", ("Host", "192.168.0.7:6110")));
        Assert.Equal(HttpStatusCode.OK, client.Get("/", ("Host", Dns.GetHostName())));
        Assert.Equal(HttpStatusCode.Forbidden, client.Get("/", ("Host", "evil.example")));
    }

    private static string Raw(Client client, string request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        socket.Connect(IPAddress.Loopback, client.Server.Port);
        socket.Send(Encoding.ASCII.GetBytes(request));
        byte[] answer = new byte[4096];
        int length = socket.Receive(answer);
        return Encoding.ASCII.GetString(answer, 0, length);
    }
}

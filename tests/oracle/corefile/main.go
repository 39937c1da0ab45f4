// Command corefileoracle says what CoreDNS itself makes of Corefiles.
//
// It reads one JSON object per line from standard input ({"name", "text", "env", "queries"}) and writes one per line:
// the error text or the tree of the parser, of the check of the server block keys, of the setup of four plugins
// (rewrite, hosts, kubernetes, forward) and of the check for zones served twice. Nothing listens and nothing is
// resolved. With -regex it reads {"pattern", "names"} instead and says what package regexp finds.
// The answers are recorded under tests/fixtures/corefile; see README.md beside this file.
package main

import (
	"bufio"
	"encoding/json"
	"io"
	"log"
	"os"
	"strings"

	"github.com/coredns/caddy/caddyfile"
	"github.com/coredns/coredns/core/dnsserver"
)

// corefilePath is the path that the CoreDNS Deployments of kubeadm and TKE pass as -conf.
const corefilePath = "/etc/coredns/Corefile"

type input struct {
	Name    string            `json:"name"`
	Text    string            `json:"text"`
	Env     map[string]string `json:"env,omitempty"`
	Queries []string          `json:"queries,omitempty"`
}

type token struct {
	Text string
	Line int
}

// MarshalJSON writes a token as [text, line], which keeps the goldens small.
func (t token) MarshalJSON() ([]byte, error) { return json.Marshal([]any{t.Text, t.Line}) }

type block struct {
	Keys       []string           `json:"keys"`
	Directives map[string][]token `json:"directives,omitempty"`
	Zones      []string           `json:"zones,omitempty"`
	Plugins    []setupResult      `json:"plugins,omitempty"`
}

type output struct {
	Name    string  `json:"name"`
	Parse   string  `json:"parse,omitempty"`   // the parser's error
	Zones   string  `json:"zones,omitempty"`   // the error of a server block's key
	Servers string  `json:"servers,omitempty"` // a zone served twice
	Blocks  []block `json:"blocks,omitempty"`
}

func main() {
	log.SetOutput(io.Discard)
	if len(os.Args) == 2 && os.Args[1] == "-regex" {
		answer(judgeRegex)
		return
	}
	refuseToResolve()
	registerSetups()
	answer(judge)
}

// answer writes one line for each line it reads.
func answer[In, Out any](judge func(In) Out) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	for lines.Scan() {
		var in In
		if err := json.Unmarshal(lines.Bytes(), &in); err != nil {
			panic(err)
		}
		if err := encoder.Encode(judge(in)); err != nil {
			panic(err)
		}
	}
	if err := lines.Err(); err != nil {
		panic(err)
	}
}

func judge(in input) output {
	os.Clearenv()
	for name, value := range in.Env {
		os.Setenv(name, value)
	}
	out := output{Name: in.Name}
	parsed, err := caddyfile.Parse(corefilePath, strings.NewReader(in.Text), dnsserver.Directives)
	if err != nil {
		out.Parse = err.Error()
		return out
	}
	for _, server := range parsed {
		out.Blocks = append(out.Blocks, describe(server))
	}
	inspect(parsed, in.Queries, &out)
	return out
}

func describe(server caddyfile.ServerBlock) block {
	described := block{Keys: append([]string{}, server.Keys...), Directives: map[string][]token{}}
	for name, tokens := range server.Tokens {
		for _, one := range tokens {
			described.Directives[name] = append(described.Directives[name], token{one.Text, one.Line})
		}
	}
	return described
}

// Command istiod-judge says what istiod thinks of Istio configuration, and what it makes of it, without a cluster.
//
// It reads one request a line and writes one answer a line until its input ends. README.md shows both.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"istiod-judge/answers"
)

// request is one set of files and the release that has to accept them.
type request struct {
	ID    string `json:"id"`
	Istio string `json:"istio"`
	YAML  string `json:"yaml"`
	// Domain is the tail of every service's host, if it is not cluster.local.
	Domain string `json:"domain"`
	// World holds what else is in the cluster. It is looked at by the analyzers and not judged.
	World string `json:"world"`
	// Proxies asks for configuration instead of a verdict.
	Proxies []asker `json:"proxies"`
	// Mesh is the MeshConfig that proxies are served under, over Istio's defaults.
	Mesh string `json:"mesh"`
}

// answer is the verdict on a request. Error is set if there is none, because the request could not be judged.
type answer struct {
	ID        string    `json:"id"`
	Error     string    `json:"error,omitempty"`
	Documents []verdict `json:"documents"`
	Analysis  []message `json:"analysis"`
	// Served has what each of the proxies gets, in their order.
	Served []served `json:"served,omitempty"`
}

func main() {
	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(answers.Out)
	out.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 1 {
			if err := out.Encode(judgeLine(line)); err != nil {
				fail(err)
			}
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			fail(err)
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "istiod-judge:", err)
	os.Exit(1)
}

func judgeLine(line []byte) answer {
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return answer{Error: fmt.Sprintf("this is not a request: %v", err)}
	}
	a, err := judge(r)
	if err != nil {
		a.Error = err.Error()
	}
	a.ID = r.ID
	return a
}

func judge(r request) (answer, error) {
	a := answer{Documents: []verdict{}, Analysis: []message{}}
	documents, world := readDocuments(usual(r.YAML, r.Domain)), readDocuments(usual(r.World, r.Domain))
	for _, d := range world {
		if d.problem != nil {
			return a, fmt.Errorf("document %d of the world: %w", d.index, d.problem)
		}
	}
	if len(r.Proxies) > 0 {
		var err error
		a.Served, err = serve(r, documents, world)
		return a, err
	}
	crds, err := release(r.Istio)
	if err != nil {
		return a, err
	}
	seen := map[string]int{}
	for _, d := range documents {
		v := validate(crds, d)
		if first, twice := seen[d.key()]; twice {
			v.Errors = append(v.Errors, fmt.Sprintf("document %d has the same kind, namespace and name", first))
		} else if d.problem == nil {
			seen[d.key()] = d.index
		}
		a.Documents = append(a.Documents, v)
	}
	a.Analysis, err = analyze(documents, world)
	return a, err
}

// usual gives hosts the domain that most clusters have: the analyzers and istiod's test server know no other.
func usual(yaml, domain string) string {
	if domain == "" {
		return yaml
	}
	return strings.ReplaceAll(yaml, ".svc."+domain, serviceSuffix)
}

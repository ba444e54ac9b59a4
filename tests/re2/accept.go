// Says which patterns Go's regexp accepts, as Istio's validation does.
package main

import (
	"encoding/json"
	"os"
	"regexp"
)

func main() {
	var question struct{ Patterns []string }
	file, err := os.Open(os.Args[1])
	if err == nil {
		err = json.NewDecoder(file).Decode(&question)
	}
	if err != nil {
		panic(err)
	}
	verdicts := make([]bool, len(question.Patterns))
	for i, pattern := range question.Patterns {
		_, err := regexp.Compile(pattern)
		verdicts[i] = err == nil
	}
	json.NewEncoder(os.Stdout).Encode(verdicts)
}

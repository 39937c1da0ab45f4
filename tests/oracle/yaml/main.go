// Command yaml says what the Kubernetes tools read in YAML texts: the golden verdicts of tkelint's YAML tests.
//
// Standard input is JSON lines {"name": ..., "text": ...}; for each document of each text one JSON line comes out:
// {"name", "document", "json"} or {"name", "document", "error"}, with "strict" when only strict decoding refuses it.
// Documents are separated by apimachinery's YAMLReader, which kubectl uses, and read by sigs.k8s.io/yaml.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

type input struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

type verdict struct {
	Name     string          `json:"name"`
	Document int             `json:"document"`
	JSON     json.RawMessage `json:"json,omitempty"`
	Error    string          `json:"error,omitempty"`
	Strict   string          `json:"strict,omitempty"`
}

func main() {
	decoder := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20))
	output := bufio.NewWriterSize(os.Stdout, 1<<20)
	encoder := json.NewEncoder(output)
	encoder.SetEscapeHTML(false)
	for {
		var text input
		if err := decoder.Decode(&text); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			log.Fatal(err)
		}
		for _, line := range judge(text) {
			if err := encoder.Encode(line); err != nil {
				log.Fatal(err)
			}
		}
	}
	if err := output.Flush(); err != nil {
		log.Fatal(err)
	}
}

// judge returns one verdict for each document of a text. A separator that the reader refuses counts as a document.
func judge(text input) []verdict {
	var verdicts []verdict
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader([]byte(text.Text))))
	for index := 0; ; index++ {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return verdicts
		}
		line := verdict{Name: text.Name, Document: index}
		if err == nil {
			line.JSON, err = convert(document, yaml.YAMLToJSON)
			if _, strict := convert(document, yaml.YAMLToJSONStrict); err == nil && strict != nil {
				line.Strict = strict.Error()
			}
		}
		if err != nil {
			line.JSON, line.Error = nil, err.Error()
		}
		verdicts = append(verdicts, line)
	}
}

// convert calls a conversion of sigs.k8s.io/yaml; a panic in it is a refusal as well.
func convert(document []byte, conversion func([]byte) ([]byte, error)) (result []byte, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the reader panicked")
		}
	}()
	return conversion(document)
}

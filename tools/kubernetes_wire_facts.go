// Prints how Kubernetes' Go types are laid out in protobuf and JSON, as one JSON document.
// Run by make_kubernetes_tables.py inside a temporary module that pins the versions.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"strconv"
	"strings"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
)

// A field of a message: its number on the wire, its name in JSON, and what Go makes of a zero value.
type field struct {
	Number  int    `json:"number"`
	Name    string `json:"name"`
	Type    string `json:"type"`
	Go      string `json:"go,omitempty"`     // the named Go type of a string, which may be an enumeration
	Card    string `json:"card,omitempty"`   // "list" or "map"
	Inline  bool   `json:"inline,omitempty"` // its fields stand in the parent's JSON
	Pointer bool   `json:"pointer,omitempty"`
	Omit    bool   `json:"omit,omitempty"` // left out of JSON when it is empty
}

var messages = map[string][]field{}

func name(t reflect.Type) string { return t.PkgPath() + "." + t.Name() }

func walk(t reflect.Type) {
	if _, seen := messages[name(t)]; seen {
		return
	}
	messages[name(t)] = []field{}
	if t.Kind() != reflect.Struct { // a named slice travels as a message of one list, which has no name in JSON
		typeName, goName := describe(t.Elem())
		messages[name(t)] = []field{{Number: 1, Name: "", Type: typeName, Go: goName, Card: "list"}}
		return
	}
	for i := 0; i < t.NumField(); i++ {
		if f, ok := of(t.Field(i)); ok {
			messages[name(t)] = append(messages[name(t)], f)
		}
	}
}

func of(s reflect.StructField) (field, bool) {
	wire := strings.Split(s.Tag.Get("protobuf"), ",")
	if len(wire) < 2 {
		return field{}, false
	}
	number, err := strconv.Atoi(wire[1])
	if err != nil {
		return field{}, false
	}
	shown := strings.Split(s.Tag.Get("json"), ",")
	f := field{Number: number, Name: shown[0]}
	for _, option := range shown[1:] {
		f.Omit = f.Omit || option == "omitempty" || option == "omitzero"
		f.Inline = f.Inline || option == "inline"
	}
	t := s.Type
	if t.Kind() == reflect.Pointer {
		f.Pointer, t = true, t.Elem()
	}
	switch {
	case isMessage(t):
	case t.Kind() == reflect.Map:
		f.Card, t = "map", t.Elem()
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		f.Card, t = "list", t.Elem()
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	f.Type, f.Go = describe(t)
	return f, true
}

// isMessage tells whether a type that is not a struct still travels as a message of its own.
func isMessage(t reflect.Type) bool {
	_, own := reflect.New(t).Interface().(interface{ Marshal() ([]byte, error) })
	return own
}

func describe(t reflect.Type) (typeName, goName string) {
	if plain, ok := plainTypes[name(t)]; ok {
		return plain, ""
	}
	switch {
	case t.Kind() == reflect.Struct || isMessage(t):
		walk(t)
		return name(t), ""
	case t.Kind() == reflect.Slice:
		return "bytes", ""
	case t.Kind() == reflect.String && t.PkgPath() != "":
		return "string", name(t)
	}
	return t.Kind().String(), ""
}

// plainTypes are the structs that JSON shows as one plain value.
var plainTypes = map[string]string{
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time":       "time",
	"k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime":  "microtime",
	"k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1":   "raw",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Duration":   "duration",
	"k8s.io/apimachinery/pkg/api/resource.Quantity":   "quantity",
	"k8s.io/apimachinery/pkg/util/intstr.IntOrString": "int-or-string",
	"k8s.io/apimachinery/pkg/runtime.RawExtension":    "raw",
}

func main() {
	kinds := map[string]string{}
	add := func(group, version, kind string, t reflect.Type) {
		if strings.HasPrefix(kind, "Watch") || kind == "APIGroup" || kind == "APIResourceList" {
			return
		}
		walk(t)
		kinds[group+"/"+version+"/"+kind] = name(t)
	}
	for gvk, t := range scheme.Scheme.AllKnownTypes() {
		if strings.Contains(gvk.Version, "alpha") || strings.Contains(gvk.Version, "beta") || gvk.Version == "__internal" {
			continue
		}
		if !strings.HasSuffix(gvk.Kind, "Options") {
			add(gvk.Group, gvk.Version, gvk.Kind, t)
		}
	}
	for _, options := range []any{meta.DeleteOptions{}, meta.CreateOptions{}, meta.UpdateOptions{}, meta.PatchOptions{}, meta.Status{}} {
		t := reflect.TypeOf(options)
		add("", "v1", t.Name(), t)
		add("meta.k8s.io", "v1", t.Name(), t)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(map[string]any{"kinds": kinds, "messages": messages}); err != nil {
		panic(err)
	}
}

// Prints objects of every kind, filled at random, as Kubernetes' own encoders write them in protobuf and in JSON.
// Run by make_kubernetes_tables.py inside a temporary module that pins the versions; the seed is fixed.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"reflect"
	"sort"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/scheme"
)

const deepest = 9

var random = rand.New(rand.NewSource(1))

type sample struct {
	Kind     string          `json:"kind"`
	Protobuf []byte          `json:"protobuf"`
	JSON     json.RawMessage `json:"json"`
}

func pick[T any](choices ...T) T { return choices[random.Intn(len(choices))] }

// special fills the types that JSON shows as one value; it tells whether it did.
func special(value any) bool {
	seconds := int64(random.Intn(2_000_000_000))
	switch v := value.(type) {
	case *meta.Time:
		*v = pick(meta.Time{}, meta.Unix(seconds, 0))
	case *meta.MicroTime:
		*v = pick(meta.MicroTime{}, meta.NewMicroTime(time.Unix(seconds, 123_456_000)))
	case *resource.Quantity:
		*v = resource.MustParse(pick("0", "1Gi", "500m", "1536Mi", "1e3"))
	case *intstr.IntOrString:
		*v = pick(intstr.FromInt32(-4), intstr.FromInt32(0), intstr.FromString("50%"))
	case *runtime.RawExtension:
		*v = runtime.RawExtension{Raw: []byte(`{"a":[1,"x"]}`)}
	case *meta.FieldsV1:
		*v = *meta.NewFieldsV1(`{"f:a":{}}`)
	default:
		return false
	}
	return true
}

func fill(v reflect.Value, depth int) {
	if special(v.Addr().Interface()) {
		return
	}
	switch t := v.Type(); t.Kind() {
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			if t.Field(i).IsExported() && t.Field(i).Name != "TypeMeta" {
				fill(v.Field(i), depth+1)
			}
		}
	case reflect.Pointer:
		if depth < deepest && random.Intn(3) > 0 {
			v.Set(reflect.New(t.Elem()))
			fill(v.Elem(), depth+1)
		}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			v.SetBytes(pick([]byte(nil), []byte{1, 2, 255}))
		} else if count := random.Intn(3); depth < deepest && count > 0 {
			v.Set(reflect.MakeSlice(t, count, count))
			for i := 0; i < count; i++ {
				fill(v.Index(i), depth+1)
			}
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
		for i := random.Intn(3); i > 0; i-- {
			element := reflect.New(t.Elem()).Elem()
			fill(element, depth+1)
			v.SetMapIndex(reflect.ValueOf(fmt.Sprintf("k%d", i)).Convert(t.Key()), element)
		}
	case reflect.String:
		v.SetString(pick("", "x", "näme", `a"b`))
	case reflect.Int32, reflect.Int64:
		v.SetInt(pick(int64(0), 1, -1, -2147483648, 2147483647, 300))
	case reflect.Bool:
		v.SetBool(pick(true, false))
	default:
		panic("no rule for " + t.String())
	}
}

func wanted(kind schema.GroupVersionKind) bool {
	unstable := strings.Contains(kind.Version, "alpha") || strings.Contains(kind.Version, "beta")
	listed := strings.HasSuffix(kind.Kind, "List") || strings.HasPrefix(kind.Kind, "Watch")
	options := strings.HasSuffix(kind.Kind, "Options") && kind.Kind != "DeleteOptions"
	discovery := strings.HasPrefix(kind.Kind, "API")
	return !unstable && !listed && !options && !discovery && kind.Version != runtime.APIVersionInternal
}

func main() {
	serializer := protobuf.NewSerializer(scheme.Scheme, scheme.Scheme)
	kinds := []schema.GroupVersionKind{}
	for kind := range scheme.Scheme.AllKnownTypes() {
		if wanted(kind) {
			kinds = append(kinds, kind)
		}
	}
	sort.Slice(kinds, func(i, j int) bool { return kinds[i].String() < kinds[j].String() })
	samples := []sample{}
	for _, kind := range kinds {
		object, err := scheme.Scheme.New(kind)
		check(err)
		fill(reflect.ValueOf(object).Elem(), 0)
		object.GetObjectKind().SetGroupVersionKind(kind)
		var encoded bytes.Buffer
		check(serializer.Encode(object, &encoded))
		// JSON is written of what protobuf keeps: it knows no difference between an empty list and none.
		decoded, _, err := serializer.Decode(encoded.Bytes(), nil, nil)
		check(err)
		decoded.GetObjectKind().SetGroupVersionKind(kind)
		text, err := json.Marshal(decoded)
		check(err)
		samples = append(samples, sample{kind.String(), encoded.Bytes(), text})
	}
	check(json.NewEncoder(os.Stdout).Encode(samples))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

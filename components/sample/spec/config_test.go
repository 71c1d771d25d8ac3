package spec_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/components/sample/spec"
)

func TestValidate(t *testing.T) {
	const digest = "example.com/a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	tests := map[string]struct {
		in   spec.Config
		want []string
	}{
		"a host alone":                  {spec.Config{Host: "hello.dev.example.com"}, nil},
		"a tag, a port of the registry": {spec.Config{Host: "a.bc", Image: "mirror.example.com:5000/x/agnhost:2.63.0", Replicas: 10}, nil},
		"a digest":                      {spec.Config{Host: "a.bc", Image: digest, Replicas: 2}, nil},
		"nothing":                       {spec.Config{}, []string{"sample.host: is missing; name the host that the sample answers under, for example hello.dev.example.com"}},
		"a URL for a host": {spec.Config{Host: "https://a.bc"}, []string{
			`sample.host: "https://a.bc" is not a host name; use a DNS name in lower case such as hello.dev.example.com, without scheme and path`}},
		"capitals": {spec.Config{Host: "Hello.example.com"}, []string{
			`sample.host: "Hello.example.com" is not a host name; use a DNS name in lower case such as hello.dev.example.com, without scheme and path`}},
		"an image without a version": {spec.Config{Host: "a.bc", Image: "example.com/a"}, []string{
			`sample.image: "example.com/a" names no version of an image; use registry/name:tag, or a digest`}},
		"the version that moves": {spec.Config{Host: "a.bc", Image: "example.com/a:latest"}, []string{
			`sample.image: "example.com/a:latest" moves: nobody knows which version runs; name a version`}},
		"a short digest": {spec.Config{Host: "a.bc", Image: digest[:len(digest)-1]}, []string{
			`sample.image: "` + digest[:len(digest)-1] + `" names no version of an image; use registry/name:tag, or a digest`}},
		"one pod": {spec.Config{Host: "a.bc", Replicas: 1}, []string{
			"sample.replicas: 1 pods: one cannot survive the drain of its node, and more than ten is no sample; use 2 to 10"}},
		"eleven pods": {spec.Config{Host: "a.bc", Replicas: 11}, []string{
			"sample.replicas: 11 pods: one cannot survive the drain of its node, and more than ten is no sample; use 2 to 10"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range tt.in.Validate("sample") {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	if diff := cmp.Diff(spec.Config{Host: "h", Image: spec.Image, Replicas: 2}, spec.Config{Host: "h"}.WithDefaults()); diff != "" {
		t.Error(diff)
	}
	own := spec.Config{Host: "h", Image: "i:1", Replicas: 3}
	if diff := cmp.Diff(own, own.WithDefaults()); diff != "" {
		t.Error(diff)
	}
}

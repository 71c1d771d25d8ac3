package logging

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// call runs a function of the script on a record; ok is false when it is dropped.
func call(t *testing.T, function string, record map[string]any) (out map[string]any, ok bool) {
	t.Helper()
	l := lua.NewState()
	defer l.Close()
	if err := l.DoFile("testdata/rules.lua"); err != nil {
		t.Fatal(err)
	}
	if err := l.CallByParam(lua.P{Fn: l.GetGlobal(function), NRet: 3, Protect: true}, lua.LString("kube.x"), lua.LNumber(1), table(l, record)); err != nil {
		t.Fatal(err)
	}
	code := l.Get(-3).(lua.LNumber)
	if code != -1 && code != 2 {
		t.Errorf("code %v: want -1 (drop) or 2 (changed, with its time)", code)
	}
	return plain(l.Get(-1)).(map[string]any), code == 2
}

func table(l *lua.LState, m map[string]any) *lua.LTable {
	out := l.NewTable()
	for k, v := range m {
		switch v := v.(type) {
		case string:
			out.RawSetString(k, lua.LString(v))
		case float64:
			out.RawSetString(k, lua.LNumber(v))
		case map[string]any:
			out.RawSetString(k, table(l, v))
		}
	}
	return out
}

func plain(v lua.LValue) any {
	switch v := v.(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return float64(v)
	case *lua.LTable:
		out := map[string]any{}
		v.ForEach(func(k, e lua.LValue) { out[k.String()] = plain(e) })
		return out
	}
	return nil
}

const gone = "[redacted]"

// TestRedacted: text by what must be left of it.
func TestRedacted(t *testing.T) {
	for in, want := range map[string]string{
		"key AKIAIOSFODNN7EXAMPLE used":                         "key " + gone + " used",
		"ASIAIOSFODNN7EXAMPLE":                                  gone,
		"AKIAIOSFODNN7EXAMPLEX is longer":                       "AKIAIOSFODNN7EXAMPLEX is longer",
		"Authorization: Bearer abc.def-1":                       "Authorization: " + gone,
		"sent bearer abc.def-1 to x":                            "sent bearer " + gone + " to x",
		"the bearer of news":                                    "the bearer " + gone + " news", // a word after it is taken for a token
		"mail jane.doe+x@mail.example.com now":                  "mail " + gone + " now",
		"a@b":                                                   "a@b",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl end": gone + " end",
		"card 4111 1111 1111 1111 ok":                           "card " + gone + " ok",
		"card 4111 1111 1111 1112 no":                           "card 4111 1111 1111 1112 no",
		"order 123456789012 ok":                                 "order 123456789012 ok",
		"password=hunter2&user=x":                               "password=" + gone + "&user=x",
		`{"Password": "hunter 2", "user": "x"}`:                 `{"Password": "` + gone + ` 2", "user": "x"}`,
		"access_token: abc, next":                               "access_token: " + gone + ", next",
		"Cookie: a=b; c=d":                                      "Cookie: " + gone,
		"GET /healthz 200":                                      "GET /healthz 200",
	} {
		got, ok := call(t, "rules", map[string]any{"log": in})
		if !ok || got["log"] != want {
			t.Errorf("%q\ngot  %q\nwant %q", in, got["log"], want)
		}
	}
}

func TestFieldsAndMetadata(t *testing.T) {
	record := map[string]any{
		"log": "x", "fields": map[string]any{"TOKEN": "abc", "depth": map[string]any{"password": 7., "note": "to a@example.com"}, "count": 3.},
		"kubernetes": map[string]any{"namespace_name": "shop", "labels": map[string]any{"token": "not-a-secret"}},
	}
	got, ok := call(t, "rules", record)
	fields, deep := got["fields"].(map[string]any), map[string]any{}
	deep, _ = fields["depth"].(map[string]any)
	labels := got["kubernetes"].(map[string]any)["labels"].(map[string]any)
	if !ok || fields["TOKEN"] != gone || deep["password"] != gone || deep["note"] != "to "+gone || fields["count"] != 3. {
		t.Errorf("fields: %v", fields)
	}
	if labels["token"] != "not-a-secret" || got["cluster"] != "dev-main" {
		t.Errorf("metadata: %v, cluster %v", labels, got["cluster"])
	}
}

func TestDropped(t *testing.T) {
	pod := func(namespace, container string) map[string]any {
		return map[string]any{"namespace_name": namespace, "container_name": container}
	}
	for sentence, c := range map[string]struct {
		record map[string]any
		kept   bool
	}{
		"a probe of kube-system":           {map[string]any{"log": "GET /healthz?x=[1]", "kubernetes": pod("kube-system", "x")}, false},
		"a probe elsewhere":                {map[string]any{"log": "GET /healthz?x=[1]", "kubernetes": pod("shop", "x")}, true},
		"something else of it":             {map[string]any{"log": "GET /healthz", "kubernetes": pod("kube-system", "x")}, true},
		"a container by name":              {map[string]any{"log": "x", "kubernetes": pod("shop", "noise")}, false},
		"a node's line, without a pod":     {map[string]any{"message": "GET /healthz?x=[1]"}, true},
		"a record that has no line at all": {map[string]any{"count": 1.}, true},
	} {
		if _, ok := call(t, "rules", c.record); ok != c.kept {
			t.Errorf("%s: kept %v, want %v", sentence, ok, c.kept)
		}
	}
}

func TestUnwrapped(t *testing.T) {
	got, ok := call(t, "unwrap", map[string]any{"topic": "logs-pods", "offset": 7., "payload": map[string]any{"log": "x"}})
	if !ok || len(got) != 1 || got["log"] != "x" {
		t.Errorf("%v", got)
	}
	if got, _ := call(t, "unwrap", map[string]any{"payload": "not JSON", "topic": "t"}); got["payload"] != "not JSON" {
		t.Errorf("what was no JSON is lost: %v", got)
	}
}

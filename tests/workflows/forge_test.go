package workflows

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// remark is a comment on the one pull or merge request that the forge has.
type remark struct {
	ID     int    `json:"id"`
	Body   string `json:"body"`
	Author string `json:"-"`
}

// forge answers as GitHub and GitLab do where .ci asks them.
type forge struct {
	*httptest.Server
	lock    sync.Mutex
	remarks []remark
}

// bot is who writes with the workflow's token; 7 is its number on GitLab.
const bot = "github-actions[bot]"

func newForge(t *testing.T) *forge {
	f := &forge{}
	mux := http.NewServeMux()
	handle := func(pattern string, h func(w http.ResponseWriter, r *http.Request)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			f.lock.Lock()
			defer f.lock.Unlock()
			if r.Header.Get("Authorization")+r.Header.Get("PRIVATE-TOKEN") != "token" && !strings.HasPrefix(r.URL.Path, "/github/head/") {
				http.Error(w, "401", http.StatusUnauthorized)
				return
			}
			h(w, r)
		})
	}
	say := func(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }
	handle("GET /github/head/{head}", func(w http.ResponseWriter, _ *http.Request) { say(w, map[string]int{"number": 5}) })
	handle("GET /github/repos/o/r/commits/{sha}/pulls", func(w http.ResponseWriter, _ *http.Request) {
		say(w, []map[string]any{{"number": 4, "merged_at": nil}, {"number": 5, "merged_at": "2026-11-21T00:00:00Z"}})
	})
	handle("GET /github/repos/o/r/issues/5/comments", func(w http.ResponseWriter, _ *http.Request) {
		out := []map[string]any{}
		for _, c := range f.remarks {
			out = append(out, map[string]any{"id": c.ID, "body": c.Body, "user": map[string]string{"login": c.Author}})
		}
		say(w, out)
	})
	handle("POST /github/repos/o/r/issues/5/comments", func(w http.ResponseWriter, r *http.Request) { f.add(read0(r)); say(w, struct{}{}) })
	handle("PATCH /github/repos/o/r/issues/comments/{id}", func(w http.ResponseWriter, r *http.Request) { f.edit(r.PathValue("id"), read0(r)); say(w, struct{}{}) })
	handle("GET /api/v4/user", func(w http.ResponseWriter, _ *http.Request) { say(w, map[string]int{"id": 7}) })
	handle("GET /api/v4/projects/3/repository/commits/{sha}/merge_requests", func(w http.ResponseWriter, _ *http.Request) {
		say(w, []map[string]any{{"iid": 5, "state": "merged"}})
	})
	handle("GET /api/v4/projects/3/merge_requests/5/notes", func(w http.ResponseWriter, _ *http.Request) {
		out := []map[string]any{}
		for _, c := range f.remarks {
			id := 7
			if c.Author != bot {
				id = 8
			}
			out = append(out, map[string]any{"id": c.ID, "body": c.Body, "author": map[string]int{"id": id}})
		}
		say(w, out)
	})
	handle("POST /api/v4/projects/3/merge_requests/5/notes", func(w http.ResponseWriter, r *http.Request) { f.add(r.FormValue("body")); say(w, struct{}{}) })
	handle("PUT /api/v4/projects/3/merge_requests/5/notes/{id}", func(w http.ResponseWriter, r *http.Request) {
		f.edit(r.PathValue("id"), r.FormValue("body"))
		say(w, struct{}{})
	})
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	// Somebody who wants a merge to take another digest writes a comment that looks right.
	f.remarks = []remark{{ID: 1, Author: "somebody", Body: "<!-- ladder:report account -->\n<!-- ladder:digest dev sha256:" + strings.Repeat("0", 64) + " -->"}}
	return f
}

func read0(r *http.Request) string {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func (f *forge) add(body string) {
	f.remarks = append(f.remarks, remark{ID: len(f.remarks) + 1, Body: body, Author: bot})
}

func (f *forge) edit(id, body string) {
	for i := range f.remarks {
		if strconv.Itoa(f.remarks[i].ID) == id {
			f.remarks[i].Body = body
		}
	}
}

// ours are the comments of the workflow that begin with a marker.
func (f *forge) ours(where string) []string {
	f.lock.Lock()
	defer f.lock.Unlock()
	var out []string
	for _, c := range f.remarks {
		if c.Author == bot && strings.HasPrefix(c.Body, "<!-- ladder:report "+where+" -->") {
			out = append(out, c.Body)
		}
	}
	return out
}

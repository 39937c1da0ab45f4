package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"reflect"
	"sync"
	_ "unsafe" // for go:linkname

	"github.com/coredns/caddy"
	"github.com/coredns/caddy/caddyfile"
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/plugin"
	_ "github.com/coredns/coredns/plugin/bind"
	"github.com/coredns/coredns/plugin/forward"
	"github.com/coredns/coredns/plugin/hosts"
	"github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/rewrite"
	"github.com/coredns/coredns/plugin/test"
	_ "github.com/coredns/coredns/plugin/view"
	"github.com/miekg/dns"
)

// The parse functions that the plugins keep to themselves: their setup would start clients and watchers.

//go:linkname kubernetesParse github.com/coredns/coredns/plugin/kubernetes.kubernetesParse
func kubernetesParse(c *caddy.Controller) (*kubernetes.Kubernetes, error)

//go:linkname hostsParse github.com/coredns/coredns/plugin/hosts.hostsParse
func hostsParse(c *caddy.Controller) (hosts.Hosts, error)

//go:linkname parseForward github.com/coredns/coredns/plugin/forward.parseForward
func parseForward(c *caddy.Controller) ([]*forward.Forward, error)

// setupResult is what the setup of one plugin in one server block says and understood.
type setupResult struct {
	Name     string              `json:"name"`
	Error    string              `json:"error,omitempty"`
	Zones    []string            `json:"zones,omitempty"`   // hosts, kubernetes; forward: FROM
	Except   []string            `json:"except,omitempty"`  // forward
	Entries  map[string][]string `json:"entries,omitempty"` // hosts
	Through  []string            `json:"through,omitempty"` // fallthrough of hosts and kubernetes
	Rewrites map[string]string   `json:"rewrites,omitempty"`
}

// refuseToResolve keeps `forward . a.hostname` from asking the machine's resolver.
func refuseToResolve() {
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("offline")
	}}
}

// registerSetups gives every directive without linked code a setup that accepts everything.
func registerSetups() {
	for _, name := range dnsserver.Directives {
		if _, err := caddy.DirectiveAction("dns", name); err != nil {
			plugin.Register(name, func(*caddy.Controller) error { return nil })
		}
	}
}

// inspect runs what caddy.ValidateAndExecuteDirectives and MakeServers do, but goes on after an error of a plugin.
func inspect(servers []caddyfile.ServerBlock, queries []string, out *output) {
	controller := caddy.NewTestController("dns", "")
	root := controller.Context().(caddy.Context)
	servers, err := root.InspectServerBlocks(corefilePath, servers)
	if err != nil {
		out.Zones = err.Error()
		return
	}
	failed := false
	for i, server := range servers {
		out.Blocks[i].Zones = server.Keys
		for _, name := range dnsserver.Directives {
			tokens, ok := server.Tokens[name]
			if !ok {
				continue
			}
			controller.ServerBlockIndex, controller.ServerBlockKeyIndex = i, 0
			controller.ServerBlockKeys, controller.Key = server.Keys, server.Keys[0]
			var once sync.Once
			controller.OncePerServerBlock = func(f func() error) (err error) {
				once.Do(func() { err = f() })
				return err
			}
			controller.Dispenser = caddyfile.NewDispenserTokens(corefilePath, tokens)
			result := runSetup(controller, name, queries)
			failed = failed || result.Error != ""
			if worthKeeping(result) {
				out.Blocks[i].Plugins = append(out.Blocks[i].Plugins, result)
			}
		}
	}
	if failed {
		return // CoreDNS would not come to the servers.
	}
	if _, err := root.MakeServers(); err != nil {
		out.Servers = err.Error()
	}
}

// worthKeeping leaves out the plugins that accept what they are given, which goes without saying.
func worthKeeping(result setupResult) bool {
	switch result.Name {
	case "rewrite", "hosts", "kubernetes", "forward":
		return true
	}
	return result.Error != ""
}

func runSetup(controller *caddy.Controller, name string, queries []string) setupResult {
	result := setupResult{Name: name}
	switch name {
	case "kubernetes":
		view, err := kubernetesParse(controller)
		if err != nil {
			result.Error = plugin.Error(name, err).Error()
			break
		}
		result.Zones, result.Through = view.Zones, view.Fall.Zones
	case "hosts":
		view, err := hostsParse(controller)
		if err != nil {
			result.Error = plugin.Error(name, err).Error()
			break
		}
		result.Zones, result.Through, result.Entries = view.Origins, view.Fall.Zones, inlineEntries(view)
	case "forward":
		views, err := parseForward(controller)
		if err != nil {
			result.Error = plugin.Error(name, err).Error()
		}
		for _, view := range views {
			fields := reflect.ValueOf(view).Elem()
			result.Zones = append(result.Zones, fields.FieldByName("from").String())
			result.Except = append(result.Except, stringsOf(fields.FieldByName("ignored"))...)
			// The check that forward's setup makes after its parse function.
			if count := fields.FieldByName("toEntries").Len(); count > 15 && result.Error == "" {
				problem := fmt.Sprintf("plugin/forward: more than 15 TOs configured: %d", count)
				return setupResult{Name: name, Error: problem}
			}
		}
	default:
		action, err := caddy.DirectiveAction("dns", name)
		if err == nil {
			err = action(controller)
		}
		if err != nil {
			result.Error = err.Error()
		} else if name == "rewrite" {
			result.Rewrites = rewritten(dnsserver.GetConfig(controller).Plugin, queries)
		}
	}
	return result
}

func stringsOf(list reflect.Value) (texts []string) {
	for i := range list.Len() {
		texts = append(texts, list.Index(i).String())
	}
	return texts
}

// inlineEntries lists the addresses of each name written in the hosts block itself.
func inlineEntries(view hosts.Hosts) map[string][]string {
	entries := map[string][]string{}
	inline := reflect.ValueOf(view.Hostsfile).Elem().FieldByName("inline").Elem()
	for _, field := range []string{"name4", "name6", "wildName4", "wildName6"} {
		for names := inline.FieldByName(field).MapRange(); names.Next(); {
			for i := range names.Value().Len() {
				address := net.IP(names.Value().Index(i).Bytes()).String()
				entries[names.Key().String()] = append(entries[names.Key().String()], address)
			}
		}
	}
	return entries
}

// rewritten asks the rewrite plugin, alone, under which name it passes each query on.
func rewritten(chain []plugin.Plugin, queries []string) map[string]string {
	if len(chain) == 0 {
		return nil
	}
	answers := map[string]string{}
	for _, query := range queries {
		message := new(dns.Msg)
		message.SetQuestion(query, dns.TypeA)
		seen := ""
		last := plugin.HandlerFunc(func(_ context.Context, _ dns.ResponseWriter, r *dns.Msg) (int, error) {
			seen = r.Question[0].Name
			return dns.RcodeSuccess, nil
		})
		handler := chain[len(chain)-1](last)
		if _, err := handler.ServeDNS(context.Background(), &test.ResponseWriter{}, message); err != nil {
			seen = "error: " + err.Error()
		}
		answers[query] = seen
	}
	return answers
}

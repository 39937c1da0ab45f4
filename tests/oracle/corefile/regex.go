package main

import (
	"regexp"
)

type regexInput struct {
	Pattern string   `json:"pattern"`
	Names   []string `json:"names"`
}

type regexOutput struct {
	Pattern string     `json:"pattern"`
	Groups  int        `json:"groups"` // -1: the pattern does not compile
	Names   []string   `json:"names,omitempty"`
	Matches [][]string `json:"matches,omitempty"` // per name: FindStringSubmatch, empty for no match
}

func judgeRegex(in regexInput) regexOutput {
	out := regexOutput{Pattern: in.Pattern, Groups: -1}
	pattern, err := regexp.Compile(in.Pattern)
	if err != nil {
		return out
	}
	out.Groups, out.Names = pattern.NumSubexp(), in.Names
	for _, name := range in.Names {
		match := pattern.FindStringSubmatch(name)
		if match == nil {
			match = []string{}
		}
		out.Matches = append(out.Matches, match)
	}
	return out
}

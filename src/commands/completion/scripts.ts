/**
 * What a shell is told. All know nothing themselves: they hand the words typed so far to `db-orchestrate __complete`,
 * whose first line says what else to offer (files, programs, nothing) and each other line has a word and, behind a tab,
 * what it is. Nothing of an answer is evaluated, and words are quoted where a shell would read more than a word in them.
 */
export const completionScripts = {
  bash: `# db-orchestrate: completion for bash. Load it with: source <(db-orchestrate completion bash)
_db_orchestrate() {
  local tool=\${COMP_WORDS[0]} cur=\${COMP_WORDS[COMP_CWORD]} also= line
  tool=\${tool/#\\~\\//$HOME/}
  [ "$cur" != = ] || cur=
  COMPREPLY=()
  while IFS= read -r line; do
    if [ -z "$also" ]; then also=$line; continue; fi
    printf -v line %q "\${line%%$'\\t'*}"
    COMPREPLY+=("$line")
  done < <("$tool" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  case $also in
    programs) while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -c -- "$cur") ;;
    nothing) compopt +o default +o bashdefault 2>/dev/null ;;
  esac
}
complete -o default -o bashdefault -o nosort -F _db_orchestrate db-orchestrate 2>/dev/null ||
  complete -o default -o bashdefault -F _db_orchestrate db-orchestrate
`,
  zsh: `#compdef db-orchestrate
# db-orchestrate: completion for zsh. Load it with: source <(db-orchestrate completion zsh)
# or save it as _db-orchestrate in a folder of $fpath.
_db-orchestrate() {
  local tool=\${words[1]/#\\~\\//$HOME/} line also value
  local -a lines described
  lines=("\${(@f)$("$tool" __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  also=$lines[1]
  for line in "\${(@)lines[2,-1]}"; do
    value=\${line%%$'\\t'*}
    described+=("\${\${value//\\\\/\\\\\\\\}//:/\\\\:}:\${line#*$'\\t'}")
  done
  (( $#described )) && _describe -V 'db-orchestrate' described
  case $also in
    files) _files ;;
    programs) _command_names -e ;;
  esac
}
if [ "$funcstack[1]" = "_db-orchestrate" ]; then
  _db-orchestrate "$@"
else
  compdef _db-orchestrate db-orchestrate
fi
`,
  fish: `# db-orchestrate: completion for fish. Load it with: db-orchestrate completion fish | source
# or save it as ~/.config/fish/completions/db-orchestrate.fish
function __db_orchestrate_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l lines ($words[1] __complete -- $words[2..-1] $current 2>/dev/null)
  printf '%s\\n' $lines[2..-1]
  switch "$lines[1]"
    case files
      __fish_complete_path "$current"
    case programs
      __fish_complete_command
  end
end
complete -c db-orchestrate -f -k -a '(__db_orchestrate_complete)'
`,
} as const;

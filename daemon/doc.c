/* SPDX-License-Identifier: Apache-2.0 */
/* Documentation from tables; see doc.h.  man pages use man(7) macros. */
#include <config.h>

#include "daemon/doc.h"

#include <ctype.h>
#include <string.h>

#include "daemon/setting.h"

static void help_options(const char *title, const struct xttd_option *options, FILE *out)
{
    if (options == NULL || options->name == NULL)
        return;
    fprintf(out, "\n%s:\n", title);
    for (; options->name != NULL; options++) {
        char left[64];

        snprintf(left, sizeof left, "%c%c%s--%s%s%s", options->letter ? '-' : ' ',
                 options->letter ? options->letter : ' ', options->letter ? ", " : "  ",
                 options->name, options->arg ? " " : "", options->arg ? options->arg : "");
        fprintf(out, "  %-32s %s%s\n", left, options->help, options->is_needed ? " (needed)" : "");
    }
}

static void help_verbs(const struct xttd_verb *verbs, FILE *out)
{
    for (; verbs->name != NULL; verbs++) {
        char left[64];

        if (verbs->flags & XTTD_VERB_HIDDEN)
            continue;
        snprintf(left, sizeof left, "%s %s", verbs->name, verbs->args);
        fprintf(out, "  %-32s %s\n", left, verbs->summary);
    }
}

void xttd_doc_help(const struct xttd_program *program, const struct xttd_verb *verb, FILE *out)
{
    if (verb == NULL) {
        fprintf(out, "Usage: %s VERB [OPTION]...\n%s: %s.\n\nVerbs:\n", program->name,
                program->name, program->summary);
        help_verbs(program->verbs, out);
        help_verbs(xttd_cmd_verbs, out);
    } else {
        fprintf(out, "Usage: %s %s%s%s [OPTION]...\n%c%s.\n", program->name, verb->name,
                verb->args[0] ? " " : "", verb->args, toupper((unsigned char)verb->summary[0]),
                verb->summary + 1);
        help_options("Options", verb->options, out);
    }
    help_options("Options of every verb", program->options, out);
    help_options(program->options == NULL ? "Options of every verb" : "Options of every program",
                 xttd_cmd_options, out);
    fprintf(out, "\nConfiguration: %s\n", program->config_file);
}

/* Text for troff: no escapes, hyphens that can be copied, no line that begins with a request. */
static void roff(const char *text, FILE *out)
{
    int at_start = 1;

    for (; *text != '\0'; text++) {
        if (at_start && (*text == '.' || *text == '\''))
            fputs("\\&", out);
        at_start = *text == '\n';
        if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '-')
            fputs("\\-", out);
        else if (*text == '\n' && text[1] == '\n') {
            fputs("\n.PP\n", out);
            text++;
        } else
            fputc(*text, out);
    }
}

static void man_upper(const char *text, FILE *out)
{
    for (; *text != '\0'; text++)
        fputc(toupper((unsigned char)*text), out);
}

static void man_head(const struct xttd_program *program, const char *suffix, int section,
                     const char *summary, FILE *out)
{
    fprintf(out, ".\\\" Printed by %s from its own tables.\n.TH ", program->name);
    man_upper(program->name, out);
    man_upper(suffix, out);
    fprintf(out, " %d \"\" \"xtt %s\"\n.SH NAME\n", section, PACKAGE_VERSION);
    roff(program->name, out);
    fprintf(out, "%s \\- %s\n", suffix, summary);
}

static void man_options(const struct xttd_option *options, FILE *out)
{
    for (; options != NULL && options->name != NULL; options++) {
        fputs(".TP\n", out);
        if (options->letter != 0)
            fprintf(out, "\\fB\\-%c\\fR, ", options->letter);
        fputs("\\fB\\-\\-", out);
        roff(options->name, out);
        fprintf(out, "\\fR%s%s%s\n", options->arg ? " \\fI" : "", options->arg ? options->arg : "",
                options->arg ? "\\fR" : "");
        roff(options->help, out);
        fprintf(out, "%s.\n", options->is_needed ? " (needed)" : "");
    }
}

static void man_verbs(const struct xttd_verb *verbs, FILE *out)
{
    for (; verbs->name != NULL; verbs++) {
        if (verbs->flags & XTTD_VERB_HIDDEN)
            continue;
        fputs(".SS \"", out);
        roff(verbs->name, out);
        fprintf(out, "%s%s\"\n%c", verbs->args[0] ? " " : "", verbs->args,
                toupper((unsigned char)verbs->summary[0]));
        roff(verbs->summary + 1, out);
        fputs(".\n", out);
        man_options(verbs->options, out);
    }
}

static void man_statuses(FILE *out)
{
    fputs(".SH \"EXIT STATUS\"\n", out);
    for (int i = XTT_CLASS_OK; i <= XTT_CLASS_REENROL; i++) {
        fprintf(out, ".TP\n.B %d\n", i);
        roff(xttd_cmd_status(i), out);
        fputs(".\n", out);
    }
}

static void man_environment(const struct xttd_program *program, FILE *out)
{
    fputs(".SH ENVIRONMENT\n", out);
    for (size_t i = 0; i < program->n_settings; i++)
        if (program->settings[i].environment != NULL)
            fprintf(out, ".TP\n.B %s\nOverrides \\fB%s\\fR in section [%s] of the configuration.\n",
                    program->settings[i].environment, program->settings[i].key,
                    program->settings[i].section);
}

static void print_man(const struct xttd_program *program, FILE *out)
{
    man_head(program, "", program->man_section, program->summary, out);
    fprintf(out, ".SH SYNOPSIS\n.B %s\n\\fIVERB\\fR [\\fIOPTION\\fR]...\n.SH DESCRIPTION\n",
            program->name);
    roff(program->description, out);
    fputs("\n.SH VERBS\n", out);
    man_verbs(program->verbs, out);
    man_verbs(xttd_cmd_verbs, out);
    fputs(".SH OPTIONS\nThese are there with every verb.\n", out);
    man_options(program->options, out);
    man_options(xttd_cmd_options, out);
    man_statuses(out);
    man_environment(program, out);
    fputs(".SH FILES\n.TP\n.I ", out);
    roff(program->config_file, out);
    fprintf(out, "\nThe configuration, see\n.BR %s.conf (5).\n", program->name);
}

/* One text for the man page and the example: "HELP (KIND)". */
static void describe(const struct xttd_setting *row, char *text, size_t cap)
{
    char kind[128];

    xttd_setting_describe(row, kind, sizeof kind);
    snprintf(text, cap, "%s (%s)", row->help, kind);
}

static void print_config_man(const struct xttd_program *program, FILE *out)
{
    const char *section = "";
    char text[512];

    man_head(program, ".conf", 5, "configuration", out);
    fputs(".SH DESCRIPTION\n", out);
    roff(program->config_file, out);
    fputs(
        " and the files *.conf in the directory of that name with .d behind it, in the order of\n"
        "their names, hold lines \\(dqkey = value\\(dq in sections \\(dq[name]\\(dq.  Later files "
        "win.\nLines that begin with # or ; are comments.  What is not listed here is an error.\n"
        ".PP\nDurations are written 250ms, 30s, 5min, 2h, 7d, or as seconds; lists have blanks or\n"
        "commas between their words.\n",
        out);
    for (size_t i = 0; i < program->n_settings; i++) {
        const struct xttd_setting *row = &program->settings[i];

        if (strcmp(section, row->section) != 0)
            fprintf(out, ".SH \"[%s]\"\n", row->section);
        section = row->section;
        fprintf(out, ".TP\n.B %s\n", row->key);
        describe(row, text, sizeof text);
        roff(text, out);
        fputs(".\nDefault: ", out);
        roff(row->dflt[0] != '\0' ? row->dflt : "none", out);
        fputs(".\n", out);
    }
    fprintf(out, ".SH \"SEE ALSO\"\n.BR %s (%d)\n", program->name, program->man_section);
}

static void print_config(const struct xttd_program *program, FILE *out)
{
    const char *section = "";
    char text[512];

    fprintf(out, "# Example configuration of %s; every line shows its default.\n", program->name);
    for (size_t i = 0; i < program->n_settings; i++) {
        const struct xttd_setting *row = &program->settings[i];

        if (strcmp(section, row->section) != 0)
            fprintf(out, "\n[%s]\n", row->section);
        section = row->section;
        describe(row, text, sizeof text);
        fprintf(out, "# %s\n#%s = %s\n", text, row->key, row->dflt);
    }
}

static void complete_options(const struct xttd_option *options, FILE *out)
{
    for (; options != NULL && options->name != NULL; options++)
        fprintf(out, " --%s", options->name);
}

static void complete_verbs(const struct xttd_program *program, const struct xttd_verb *verbs,
                           FILE *out)
{
    for (; verbs->name != NULL; verbs++) {
        if (verbs->flags & XTTD_VERB_HIDDEN)
            continue;
        fprintf(out, "    \"%s\") words=\"", verbs->name);
        complete_options(verbs->options, out);
        complete_options(program->options, out);
        complete_options(xttd_cmd_options, out);
        fputs("\" ;;\n", out);
    }
}

static void list_verbs(const struct xttd_verb *verbs, FILE *out)
{
    for (; verbs->name != NULL; verbs++)
        if (!(verbs->flags & XTTD_VERB_HIDDEN))
            fprintf(out, " '%s'", verbs->name);
}

static void print_completion(const struct xttd_program *program, FILE *out)
{
    char name[64];

    snprintf(name, sizeof name, "_%s", program->name);
    for (char *p = name; *p != '\0'; p++)
        if (*p == '-')
            *p = '_';
    fprintf(out,
            "# bash completion for %s, printed by the program from its own tables.\n"
            "%s()\n{\n"
            "    local verbs=(",
            program->name, name);
    list_verbs(program->verbs, out);
    list_verbs(xttd_cmd_verbs, out);
    fputs(" )\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} given=\"\" words=\"\" verb w i\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        w=${COMP_WORDS[i]}\n"
          "        [[ $w == -* ]] && continue\n"
          "        for verb in \"${verbs[@]}\"; do\n"
          "            [[ \"$verb \" == \"${given:+$given }$w \"* ]] && given=${given:+$given }$w "
          "&& break\n"
          "        done\n"
          "    done\n"
          "    case $given in\n",
          out);
    complete_verbs(program, program->verbs, out);
    complete_verbs(program, xttd_cmd_verbs, out);
    fputs("    *) for verb in \"${verbs[@]}\"; do\n"
          "           [[ -z $given ]] && words+=\" ${verb%% *}\"\n"
          "           [[ -n $given && $verb == \"$given \"* ]] && words+=\" ${verb#* }\"\n"
          "       done\n"
          "       [[ -z $given ]] && words+=\"",
          out);
    complete_options(program->options, out);
    complete_options(xttd_cmd_options, out);
    fprintf(out,
            "\" ;;\n"
            "    esac\n"
            "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
            "    [[ ${#COMPREPLY[@]} -gt 0 ]] || compopt -o default\n"
            "}\n"
            "complete -F %s %s\n",
            name, program->name);
}

xtt_err xttd_doc_print(const struct xttd_program *program, const char *name, FILE *out)
{
    static const struct {
        const char *name;
        void (*print)(const struct xttd_program *program, FILE *out);
    } documents[] = {{"man", print_man},
                     {"config-man", print_config_man},
                     {"config", print_config},
                     {"completion", print_completion}};

    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++)
        if (strcmp(documents[i].name, name) == 0) {
            documents[i].print(program, out);
            return XTT_OK;
        }
    return XTT_ERR_NOT_FOUND;
}

# Puts files into a program as they are.

# assay_embed(TARGET NAME FILE...): TARGET's sources may include "embedded/NAME.hpp", where each file is a function
# `std::string_view FILE_NAME()` of namespace assay::embedded, with '_' for what cannot stand in an identifier. A file may be
# one that the build makes.
function(assay_embed target name)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  set(header "#pragma once\n\n#include <string_view>\n\nnamespace assay::embedded {\n\n")
  set(source "#include \"embedded/${name}.hpp\"\n\n")
  foreach(file IN LISTS ARGN)
    get_filename_component(file ${file} ABSOLUTE)
    get_filename_component(base ${file} NAME)
    string(MAKE_C_IDENTIFIER ${base} identifier)
    set(symbol assay_embedded_${identifier})
    string(APPEND header "/// The bytes of ${base}; they live as long as the program.\n[[nodiscard]] std::string_view ${identifier}();\n")
    # The assembler copies megabytes at once, where an array of numbers takes the compiler seconds; and ccache knows that such
    # a source depends on more than its text.
    string(APPEND source
      "__asm__(\".pushsection .rodata\\n\"\n"
      "        \"${symbol}_begin: .incbin \\\"${file}\\\"\\n\"\n"
      "        \"${symbol}_end: .popsection\\n\");\n"
      "extern \"C\" const char ${symbol}_begin[];\nextern \"C\" const char ${symbol}_end[];\n"
      "std::string_view assay::embedded::${identifier}() { return {${symbol}_begin, ${symbol}_end}; }\n\n")
    list(APPEND files ${file})
  endforeach()
  file(CONFIGURE OUTPUT ${folder}/${name}.hpp CONTENT "${header}\n}  // namespace assay::embedded\n" @ONLY)
  file(CONFIGURE OUTPUT ${folder}/${name}.cpp CONTENT "${source}" @ONLY)
  set_source_files_properties(${folder}/${name}.cpp PROPERTIES OBJECT_DEPENDS "${files}" SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${target} PRIVATE ${folder}/${name}.cpp)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()

# assay_swagger_ui(VARIABLE): sets VARIABLE to the two files of swagger-ui that the page at /docs loads; the build fetches them.
function(assay_swagger_ui variable)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/swagger-ui)
  set(script ${CMAKE_CURRENT_SOURCE_DIR}/tools/fetch_swagger_ui)
  set(files ${folder}/swagger-ui.css ${folder}/swagger-ui-bundle.js)
  add_custom_command(OUTPUT ${files} COMMAND ${script} ${folder} DEPENDS ${script} VERBATIM
    COMMENT "Fetching swagger-ui for the page at /docs")
  set(${variable} ${files} PARENT_SCOPE)
endfunction()
